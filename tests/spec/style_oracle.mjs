// Our style reader beside the reference implementation of MapLibre's style
// specification: the table of properties against latest.json, and generated
// expressions and filters evaluated by both.
//   node style_oracle.mjs STYLE_SAY NODE_FOLDER
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const [say, folder] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { latest, expression, featureFilter } = require("@maplibre/maplibre-gl-style-spec");
let faults = 0;
const fault = (...words) => { faults++; console.log(...words); };
const run = (args, input) => spawnSync(say, args, { input, maxBuffer: 1 << 28 }).stdout.toString();

// ---- properties ----
const ours = new Map(JSON.parse(run(["properties"])).map((p) => [p.name, p]));
// The server's font is its own; where the specification has no default it says so in
// words, and ours are the ones those words mean.
const ownDefault = new Set(["text-font", "fill-outline-color", "icon-overlap", "text-overlap",
  "fill-sort-key", "line-sort-key", "circle-sort-key", "symbol-sort-key"]);
const kinds = { number: ["number"], boolean: ["boolean"], color: ["color"], enum: ["enum"],
  formatted: ["text"], resolvedImage: ["image"], padding: ["padding"],
  variableAnchorOffsetCollection: ["offsets"], array: ["pair", "array", "dashes", "fonts", "anchors", "words"] };
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const plain = (v) => v === "rgba(0, 0, 0, 0)" ? "transparent" : v;
let known = 0;
for (const type of ["background", "fill", "line", "symbol", "circle", "raster"]) {
  for (const place of ["layout", "paint"]) {
    for (const [name, spec] of Object.entries(latest[`${place}_${type}`])) {
      if (name === "visibility") continue;
      const p = ours.get(name);
      if (!p || p.layer !== type || p.place !== place) { fault(`${type}.${place}.${name} is not known`); continue; }
      known++;
      if (!kinds[spec.type]?.includes(p.type)) fault(`${name}: ${p.type} is not ${spec.type}`);
      const values = Array.isArray(spec.values) ? spec.values : Object.keys(spec.values ?? {});
      if (!["words", "offsets"].includes(p.type) && !same([...values].sort(), (p.values?.split("|") ?? []).sort()))
        fault(`${name}: values ${p.values}, not ${values.join("|")}`);
      if (!ownDefault.has(name) && !same(plain(spec.default ?? null), p.default) && !same(spec.default, [p.default]))
        fault(`${name}: default ${JSON.stringify(p.default)}, not ${JSON.stringify(spec.default)}`);
      if (["number", "pair", "array", "padding", "dashes"].includes(p.type)) {
        if (p.our_least === (spec.minimum !== undefined) && spec.type !== "padding") fault(`${name}: least`);
        if (p.our_most === (spec.maximum !== undefined)) fault(`${name}: most`);
        if (spec.minimum !== undefined && spec.minimum !== p.least) fault(`${name}: least ${p.least}, not ${spec.minimum}`);
        if (spec.maximum !== undefined && spec.maximum !== p.most) fault(`${name}: most ${p.most}, not ${spec.maximum}`);
      }
    }
  }
}
if (known !== ours.size) fault(`${ours.size - known} properties are not the specification's`);

// ---- expressions ----
let seed = 20261123;
const chance = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
const pick = (list) => list[chance(list.length)];
const features = [
  { a: 1, b: "x", c: true, n: -2.5, s: "Åkerö 12", big: 1234567.891 },
  { a: 7, b: "yy", c: false, n: 0, s: "", big: 0.000012 },
  { a: "3", n: 100, s: "ABC", col: "#ff8800", $type: "Polygon" },
  { b: "green", n: 3.5, s: "smörgås", col: "rgb(1,2,3)", $type: "LineString", $id: 12 },
];
const leaf = {
  num: () => pick([() => pick([0, 1, 2.5, -3, 10, 100]), () => ["get", pick(["a", "n", "big"])], () => ["zoom"],
    () => ["to-number", ["get", pick(["a", "b", "s", "n"])]], () => ["length", ["to-string", ["get", "s"]]]])(),
  str: () => pick([() => pick(["x", "yy", "ABC", "å"]), () => ["get", pick(["b", "s"])],
    () => ["to-string", ["get", pick(["a", "b", "c", "n", "zz"])]], () => ["geometry-type"]])(),
  bool: () => pick([() => pick([true, false]), () => ["has", pick(["a", "c", "zz"])], () => ["get", "c"],
    () => ["to-boolean", ["get", pick(["a", "s", "n", "b"])]]])(),
  col: () => pick([() => ["to-color", "red"], () => ["to-color", "#12345678"], () => ["to-color", ["get", "col"], "blue"], () => ["rgb", 10, 20, 30],
    () => ["rgba", 10, 20, 30, 0.5]])(),
};
const node = {
  num: (d) => pick([
    () => [pick(["+", "*", "min", "max"]), make.num(d), make.num(d)],
    () => [pick(["-", "/", "%"]), make.num(d), make.num(d)],
    () => [pick(["abs", "floor", "ceil", "round", "sqrt", "ln", "log10", "log2", "sin", "cos", "tan", "atan"]), make.num(d)],
    () => ["^", make.num(d), pick([0, 1, 2, 0.5])],
    () => ["number", ["get", pick(["a", "n", "zz"])], make.num(d)],
    () => ["interpolate", pick([["linear"], ["exponential", 1.5], ["cubic-bezier", 0.3, 0, 0.7, 1]]), ["number", make.num(d), 0], 0, make.num(d), 5, 2, 10, make.num(d)],
    () => ["index-of", make.str(d), make.str(d)],
    () => ["at", pick([0, 1]), ["literal", [4, 5]]],
    () => ["let", "v", make.num(d), ["+", ["var", "v"], 1]],
  ])(),
  str: (d) => pick([
    () => ["concat", make.str(d), make.num(d), make.bool(d)],
    () => [pick(["upcase", "downcase"]), make.str(d)],
    () => ["slice", make.str(d), pick([0, 1, -1, 2]), ...pick([[], [2], [-1]])],
    () => ["string", ["get", pick(["a", "b"])], make.str(d)],
    () => ["to-string", make[pick(["num", "bool"])](d)],
    () => ["number-format", ["round", make.num(d)], { locale: "en" }],
    () => ["typeof", pick([make.num, make.str, make.bool])(d)],
  ])(),
  bool: (d) => pick([
    () => [pick(["==", "!=", "<", "<=", ">", ">="]), ...pick([() => [make.num(d), make.num(d)], () => [make.str(d), make.str(d)]])()],
    () => [pick(["all", "any"]), make.bool(d), make.bool(d)],
    () => ["!", make.bool(d)],
    () => ["in", make.str(d), make.str(d)],
    () => ["in", make.num(d), ["literal", [1, 2, 7]]],
    () => ["==", ["get", pick(["a", "b"])], pick([1, "x", null])],
  ])(),
  col: (d) => pick([
    () => ["interpolate", ["linear"], ["number", make.num(d), 0], 0, make.col(d), 10, make.col(d)],
  ])(),
};
const shared = (t, d) => pick([
  () => ["case", make.bool(d), make[t](d), make[t](d)],
  () => ["match", ["get", pick(["a", "b"])], ...pick([["x", make[t](d), ["yy", "green"], make[t](d)], [1, make[t](d), [3, 7], make[t](d)]]), make[t](d)],
  () => ["step", ["number", make.num(d), 0], make[t](d), 1, make[t](d), 5.5, make[t](d)],
  () => ["coalesce", ["get", "zz"], make[t](d)],
])();
const make = Object.fromEntries(["num", "str", "bool", "col"].map((t) => [t, (d) =>
  d <= 0 ? leaf[t]() : chance(3) === 0 ? shared(t, d - 1) : chance(4) === 0 ? leaf[t]() : node[t](d - 1)]));

const near = (a, b) => {
  if (typeof a === "number" && typeof b === "number")
    return Math.abs(a - b) <= 2e-6 * Math.max(1, Math.abs(a), Math.abs(b));
  if (a === "NaN" || b === "NaN") return String(a) === String(b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => near(x, b[i]));
  return a === b || (a === "-0" && b === "0");
};
const hex = (c) => {
  const [r, g, b, a] = c.a === 0 ? [0, 0, 0, 0] : [c.r / c.a, c.g / c.a, c.b / c.a, c.a];
  return [r, g, b, a].map((v) => Math.round(v * 255));
};
const isColour = (v) => v !== null && typeof v === "object" && "r" in v;
const ourColour = (v) => {
  const m = typeof v === "string" && /^#([0-9a-f]{6})([0-9a-f]{2})?$/.exec(v);
  return m ? [0, 2, 4].map((i) => parseInt(m[1].slice(i, i + 2), 16)).concat(m[2] ? parseInt(m[2], 16) : 255) : null;
};
const alike = (theirs, we) => {
  if (isColour(theirs)) {
    const c = ourColour(we);
    return c !== null && hex(theirs).every((v, i) => Math.abs(v - c[i]) <= 1);
  }
  if (typeof theirs === "number" && !Number.isFinite(theirs)) return we === null || we === "!" || typeof we === "number";
  return near(theirs, we);
};
const geometry = { Point: 1, LineString: 2, Polygon: 3 };
const featureOf = (f) => {
  const { $type, $id, ...properties } = f;
  return { type: geometry[$type ?? "Point"], id: $id, properties };
};
const zoom = 6.25;

const jobs = [];
while (jobs.length < 700) {
  const e = make[pick(["num", "str", "bool", "col", "num"])](3);
  const made = expression.createExpression(e, "value", null);
  if (made.result !== "success") continue;
  const theirs = features.map((f) => {
    try { return made.value.evaluateWithoutErrorHandling({ zoom }, featureOf(f)); } catch { return "!"; }
  });
  jobs.push({ expression: e, theirs });
}

// ---- filters ----
const key = () => pick(["a", "b", "n", "s", "zz", "$type"]);
const value = (k) => k === "$type" ? pick(["Point", "Polygon", "LineString"]) : pick([1, 7, "x", "yy", -2.5, true, "3", 100]);
const legacy = (d) => {
  const k = key();
  return d > 0 && chance(2) === 0 ? [pick(["all", "any", "none"]), ...Array.from({ length: chance(4) }, () => legacy(d - 1))] : pick([
    () => [pick(["==", "!="]), k, value(k)],
    () => [pick(["<", "<=", ">", ">="]), pick(["a", "n", "s", "zz"]), pick([1, 3, "B", 0])],
    () => [pick(["in", "!in"]), k, ...Array.from({ length: chance(4) }, () => value(k))],
    () => [pick(["has", "!has"]), pick(["a", "b", "zz"])],
    () => ["==", "$id", pick([12, 13])],
  ])();
};
while (jobs.length < 1200) {
  const f = chance(3) === 0 ? make.bool(3) : legacy(3);
  let test;
  try { test = featureFilter(f, "filter"); } catch { continue; }
  const theirs = features.map((x) => Boolean(test.filter({ zoom }, featureOf(x))));
  jobs.push({ filter: f, theirs });
}

const said = run([], jobs.map(({ theirs, ...job }) => JSON.stringify({ ...job, features, zoom })).join("\n") + "\n").trimEnd().split("\n");
// Where the reference asserts the type of a branch and we take the value as it is.
let compared = 0, lenient = 0;
jobs.forEach((job, i) => {
  const we = JSON.parse(said[i]);
  const what = JSON.stringify(job.expression ?? job.filter);
  if (we.refused) { fault(`refused: ${what}\n  ${we.refused}`); return; }
  job.theirs.forEach((t, f) => {
    compared++;
    if (t === "!" && we[f] !== "!") { lenient++; return; }
    if (!alike(t, we[f])) fault(`${what}\n  with ${JSON.stringify(features[f])}\n  theirs ${JSON.stringify(isColour(t) ? hex(t) : t)}, ours ${JSON.stringify(we[f])}`);
  });
});
console.log(`${known} properties, ${jobs.length} expressions and filters, ${compared} values, ${lenient} where only we have one, ${faults} faults`);
if (lenient > compared / 20) fault("too many values that the reference does not have");
process.exit(faults === 0 ? 0 : 1);
