// The MapLibre documents that a server gives, against the style specification's own
// validator; each sprite has every image that its document names.
//   node viewer_style.mjs NODE_FOLDER BASE STYLE,STYLE...
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, base, names] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { validateStyleMin } = require("@maplibre/maplibre-gl-style-spec");
const themes = ["standard", "cvd", "contrast", "contrast-dark", "mono", "mono-dark", "simple", "print"];
let faults = 0, documents = 0, images = 0;
const fault = (...words) => { faults++; console.log(...words); };
const json = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) { fault(url, answer.status); return {}; }
  return answer.json();
};
const address = (url, end) => { const parts = url.split("?"); parts[0] += end; return parts.join("?"); };

/** Every text under a value. */
function* texts(value) {
  if (typeof value === "string") yield value;
  else if (value && typeof value === "object") for (const v of Object.values(value)) yield* texts(v);
}

for (const name of names.split(",")) {
  for (const theme of themes) {
    const style = await json(`${base}/styles/${name}.json?theme=${theme}`);
    documents++;
    for (const error of validateStyleMin(style)) fault(name, theme, error.message);
    const have = new Set();
    for (const { id, url } of style.sprite) {
      for (const end of [".json", "@2x.json"]) {
        const index = await json(address(url, end));
        for (const key of Object.keys(index)) have.add(id === "default" ? key : `${id}:${key}`);
      }
      if (!(await fetch(address(url, "@2x.png"))).ok) fault(name, theme, "no picture of the sprite", id);
    }
    for (const layer of style.layers) {
      for (const word of texts(layer.paint?.["fill-pattern"])) {
        if (word.startsWith("pattern:") && !have.has(word)) fault(name, theme, layer.id, "no image", word);
        images += word.startsWith("pattern:");
      }
    }
    const [tiles] = Object.values(style.sources)[0].tiles;
    if (!(await fetch(tiles.replace("{z}/{x}/{y}", "14/8978/4524"))).ok) fault(name, theme, tiles);
  }
}
const letters = await fetch(`${base}/fonts/DejaVu%20Sans%20Bold/0-255.pbf`);
if (!letters.ok || (await letters.arrayBuffer()).byteLength < 50000) fault("letters", letters.status);
console.log(`${documents} documents, ${images} patterns, ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
