"""Vector tiles read by GDAL's own driver, against the published views of the database.
Usage: vector_tiles.py SAMPLE_FOLDER."""

import gzip
import os
import sys
import unittest

from whole import Server

try:
    from osgeo import gdal, ogr, osr
except ImportError:
    print("skipped: python3-gdal is not installed")
    sys.exit(0)

gdal.UseExceptions()
SAMPLE = os.path.join(os.path.abspath(sys.argv.pop(1)), "sample.sqlite")
HALF = 20037508.342789244
EXTENT, BUFFER = 4096, 128
TM_LEFT, TM_TOP, TM_PIXEL = -1200000, 8500000, 4096


def web_tile(z, x, y):
    """EPSG, left, top and side of a tile of WebMercatorQuad."""
    side = 2 * HALF / 2 ** z
    return 3857, x * side - HALF, HALF - y * side, side


def tm_tile(z, x, y):
    side = 256 * TM_PIXEL / 2 ** z
    return 3006, TM_LEFT + x * side, TM_TOP - y * side, side


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """(number, value) of one protobuf message."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag & 7 == 0:
            value, at = read_varint(data, at)
        else:
            size = 8
            if tag & 7 == 2:
                size, at = read_varint(data, at)
            value, at = data[at:at + size], at + size
        yield tag >> 3, value


def layer_parts(body):
    parts = {}
    for number, value in fields(body):
        parts.setdefault(number, []).append(value)
    return parts


def rings_of(geometry):
    """Twice the area of each ring of a polygon's commands, as clause 4.3.4.4 measures."""
    numbers, at = [], 0
    while at < len(geometry):
        value, at = read_varint(geometry, at)
        numbers.append(value)
    x = y = at = 0
    ring, areas = [], []
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            areas.append(sum(a[0] * b[1] - b[0] * a[1]
                             for a, b in zip(ring, ring[1:] + ring[:1])))
            ring = []
            continue
        for _ in range(count):
            dx, dy = numbers[at], numbers[at + 1]
            x, y = x + (dx >> 1 ^ -(dx & 1)), y + (dy >> 1 ^ -(dy & 1))
            ring.append((x, y))
            at += 2
    return areas


def map_box(left, top, side, grow=0.0):
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in ((left - grow, top + grow), (left + side + grow, top + grow),
                 (left + side + grow, top - side - grow), (left - grow, top - side - grow),
                 (left - grow, top + grow)):
        ring.AddPoint_2D(x, y)
    box = ogr.Geometry(ogr.wkbPolygon)
    box.AddGeometry(ring)
    return box


def reference(epsg):
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(epsg)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs


class VectorTiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(SAMPLE)
        database = ogr.Open(SAMPLE)
        cls.units = {}
        layer = database.GetLayerByName("fastighet")
        for feature in layer:
            shape = feature.GetGeometryRef()
            if shape is not None:
                name = feature.GetField("beteckning")
                shape = shape.Clone()
                cls.units[name] = cls.units[name].Union(shape) if name in cls.units else shape

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def tile(self, grid, z, x, y, **headers):
        return self.server.get("/tiles/plan/%s/%d/%d/%d.mvt" % (grid, z, x, y), **headers)

    def layers(self, body):
        """Layers by name, coordinates of the map as GDAL places them in tile units."""
        if not body:
            return {}
        gdal.FileFromMemBuffer("/vsimem/tile.mvt", body)
        data = gdal.OpenEx("/vsimem/tile.mvt", gdal.OF_VECTOR, ["MVT"])
        found = {}
        for i in range(data.GetLayerCount()):
            layer = data.GetLayer(i)
            found[layer.GetName()] = [f.Clone() for f in layer]
        return found

    def agree(self, grid, place, z, x, y):
        epsg, left, top, side = place(z, x, y)
        answer = self.tile(grid, z, x, y)
        self.assertEqual(answer.status, 200)
        layers = self.layers(answer.body)
        unit = side / EXTENT
        change = osr.CoordinateTransformation(reference(3006), reference(epsg))
        inside, near = map_box(left, top, side), map_box(left, top, side, BUFFER * unit + unit)
        kept = map_box(0, EXTENT, EXTENT, 0)
        found = {}
        for feature in layers["property_unit"]:
            shape = feature.GetGeometryRef()
            self.assertTrue(shape.IsValid() or shape.Buffer(0).Area() > 0)
            found[feature.GetField("title")] = shape.Clone()
        expected = {}
        for name, shape in self.units.items():
            moved = shape.Clone()
            moved.Transform(change)
            if moved.Intersects(near):
                expected[name] = moved
        self.assertLessEqual(set(found), set(expected))
        for name, shape in expected.items():
            area = shape.Intersection(inside).Area() / unit ** 2
            if area < 100:
                continue
            got = found[name].Buffer(0).Intersection(kept).Area()
            border = shape.Boundary().Intersection(near).Length() / unit
            self.assertLess(abs(got - area), 1.5 * border + 4, name)
        return len(expected)

    def test_property_units_lie_where_the_database_has_them(self):
        total = 0
        for x, y in ((35915, 18098), (35916, 18098), (35914, 18099)):
            total += self.agree("WebMercatorQuad", web_tile, 16, x, y)
        for z, column, row in ((12, 0, 0), (14, 0, 0)):
            side = 256 * TM_PIXEL / 2 ** z
            column, row = int((617700 - TM_LEFT) / side), int((TM_TOP - 6928000) / side)
            total += self.agree("SWEREF99TMQuad", tm_tile, z, column, row)
        self.assertGreater(total, 60)

    def test_layers_keep_the_rules_of_the_form(self):
        holes = 0
        for z, x, y in ((12, 2244, 1131), (14, 8978, 4524), (16, 35915, 18098)):
            body = self.tile("WebMercatorQuad", z, x, y).body
            names = []
            for number, layer in fields(body):
                self.assertEqual(number, 3)
                parts = layer_parts(layer)
                names.append(parts[1][0])
                self.assertEqual((parts[15], parts[5]), ([2], [EXTENT]))
                for words in (parts.get(3, []), parts.get(4, [])):
                    self.assertEqual(len(words), len(set(words)), "each key and value once")
                ids = [dict(fields(f))[1] for f in parts[2]]
                self.assertLess(max(ids), 2 ** 63)
                for feature in map(dict, map(fields, parts[2])):
                    if feature[3] == 3:
                        areas = rings_of(feature[4])
                        self.assertGreater(areas[0], 0, "outer rings run clockwise")
                        self.assertNotIn(0, areas)
                        holes += sum(area < 0 for area in areas)
                kinds = {(dict(fields(f))[1], dict(fields(f))[3]) for f in parts[2]}
                self.assertEqual({kind for _, kind in kinds} - {1, 2, 3}, set())
            self.assertEqual(len(names), len(set(names)))
        self.assertGreater(holes, 0)

    def test_a_label_lies_in_one_tile_and_no_other(self):
        seen = {}
        for x in range(35912, 35918):
            for y in range(18096, 18101):
                layers = self.layers(self.tile("WebMercatorQuad", 16, x, y).body)
                for feature in layers.get("use:label", []):
                    key = (feature.GetField("id"), feature.GetFID())
                    shape = feature.GetGeometryRef()
                    for i in range(max(1, shape.GetGeometryCount())):
                        point = shape.GetGeometryRef(i) if shape.GetGeometryCount() else shape
                        at = (round(x * EXTENT + point.GetX()),
                              round(-y * EXTENT + point.GetY()))
                        self.assertNotIn((key, at), seen)
                        seen[(key, at)] = True
                    self.assertEqual(feature.GetField("geometry-type"), "Polygon")
        self.assertGreater(len(seen), 20)

    def test_encodings_say_the_same_and_an_etag_saves_the_second_time(self):
        plain = self.tile("WebMercatorQuad", 14, 8978, 4524)
        self.assertEqual(plain.headers["content-type"], "application/vnd.mapbox-vector-tile")
        small = self.tile("WebMercatorQuad", 14, 8978, 4524, **{"Accept-Encoding": "gzip"})
        self.assertEqual(small.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(small.body), plain.body)
        self.assertNotEqual(small.headers["etag"], plain.headers["etag"])
        for tag, code in ((plain.headers["etag"], 304), ('"other"', 200)):
            again = self.tile("WebMercatorQuad", 14, 8978, 4524, **{"If-None-Match": tag})
            self.assertEqual(again.status, code)

    def test_an_empty_tile_is_empty_and_a_wrong_one_is_said_to_be(self):
        self.assertEqual(self.tile("WebMercatorQuad", 14, 0, 0).body, b"")
        self.assertEqual(self.server.get("/tiles/plan/WebMercatorQuad/14/0/0@2x.mvt").status,
                         404)


if __name__ == "__main__":
    unittest.main()
