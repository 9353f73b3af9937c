/**
 * SWEREF 99 TM (EPSG:3006): longitude and latitude to easting and northing and back.
 * Gauss-Krüger by the series in the third flattening, as Lantmäteriet publishes it
 * ("Gauss Conformal Projection (Transverse Mercator)", Krüger's formulas): under a
 * millimetre inside Sweden. GRS 80, central meridian 15 degrees, scale 0.9996, false
 * easting 500 000.
 */

const A = 6378137;
const F = 1 / 298.257222101;
const K0 = 0.9996;
const FALSE_EASTING = 500000;
const CENTRAL = (15 * Math.PI) / 180;
const E2 = F * (2 - F);
const N = F / (2 - F);
const A_HAT = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);

const FORWARD = [
  N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180,
  (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440,
  (61 * N ** 3) / 240 - (103 * N ** 4) / 140,
  (49561 * N ** 4) / 161280,
];
const INVERSE = [
  N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96 - N ** 4 / 360,
  N ** 2 / 48 + N ** 3 / 15 - (437 * N ** 4) / 1440,
  (17 * N ** 3) / 480 - (37 * N ** 4) / 840,
  (4397 * N ** 4) / 161280,
];
const CONFORMAL = [
  E2,
  (5 * E2 ** 2 - E2 ** 3) / 6,
  (104 * E2 ** 3 - 45 * E2 ** 4) / 120,
  (1237 * E2 ** 4) / 1260,
];
const GEODETIC = [
  E2 + E2 ** 2 + E2 ** 3 + E2 ** 4,
  -(7 * E2 ** 2 + 17 * E2 ** 3 + 30 * E2 ** 4) / 6,
  (224 * E2 ** 3 + 889 * E2 ** 4) / 120,
  -(4279 * E2 ** 4) / 1260,
];

/**
 * @param {number} longitude degrees
 * @param {number} latitude degrees
 * @returns {[number, number]} easting, northing in metres
 */
export function fromLonLat(longitude, latitude) {
  const phi = (latitude * Math.PI) / 180;
  const s2 = Math.sin(phi) ** 2;
  const series = CONFORMAL[0] + s2 * (CONFORMAL[1] + s2 * (CONFORMAL[2] + s2 * CONFORMAL[3]));
  const conformal = phi - Math.sin(phi) * Math.cos(phi) * series;
  const dl = (longitude * Math.PI) / 180 - CENTRAL;
  const xi = Math.atan2(Math.tan(conformal), Math.cos(dl));
  const eta = Math.atanh(Math.cos(conformal) * Math.sin(dl));
  let x = xi;
  let y = eta;
  FORWARD.forEach((b, i) => {
    const k = 2 * (i + 1);
    x += b * Math.sin(k * xi) * Math.cosh(k * eta);
    y += b * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  return [K0 * A_HAT * y + FALSE_EASTING, K0 * A_HAT * x];
}

/**
 * @param {number} easting metres
 * @param {number} northing metres
 * @returns {[number, number]} longitude, latitude in degrees
 */
export function toLonLat(easting, northing) {
  const xi = northing / (K0 * A_HAT);
  const eta = (easting - FALSE_EASTING) / (K0 * A_HAT);
  let x = xi;
  let y = eta;
  INVERSE.forEach((d, i) => {
    const k = 2 * (i + 1);
    x -= d * Math.sin(k * xi) * Math.cosh(k * eta);
    y -= d * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  const conformal = Math.asin(Math.sin(x) / Math.cosh(y));
  const dl = Math.atan2(Math.sinh(y), Math.cos(x));
  const s2 = Math.sin(conformal) ** 2;
  const series = GEODETIC[0] + s2 * (GEODETIC[1] + s2 * (GEODETIC[2] + s2 * GEODETIC[3]));
  const phi = conformal + Math.sin(conformal) * Math.cos(conformal) * series;
  return [((CENTRAL + dl) * 180) / Math.PI, (phi * 180) / Math.PI];
}
