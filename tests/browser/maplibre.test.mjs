/*
 * Our tiles beside MapLibre GL JS, which draws the same style document from our vector
 * tiles, patterns, icons and letters. Each view is drawn three times by both: plain fills
 * alone, fills and lines and icons without hatches, and all of it. The pictures and their
 * difference are written to PK_MAPLIBRE_OUT, with the shares in differences.txt.
 *
 * A pixel differs when the other picture has no pixel like it within one pixel's
 * distance: edges are drawn with other smoothing by a graphics card, and that alone is no
 * difference. Of all together only the share is written, for these differ by nature:
 *   - hatches and marks lie on the map's corner here and on each tile's in the viewer,
 *     and the viewer's slanted hatches have periods of whole pixels; marks are whole here;
 *   - labels are placed in a total order here and by what is in the viewport there, with
 *     other smoothing, and leaders are ours alone;
 *   - dashes and icons along a line begin where the line does here, and where the tile
 *     cuts it there, which is what remains of lines.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { closeAll, open } from './lib.mjs';

const OUT = process.env.PK_MAPLIBRE_OUT;
const PACKAGE = `${process.env.PK_TEST_NODE}/node_modules/maplibre-gl/dist`;
const GL = ['--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist'];

const TILES = [3, 2]; // of 256 px, across and down
const THEMES = ['standard', 'contrast'];
/* Level and corner tile of WebMercatorQuad; the sample's middle. */
const VIEWS = {
  fills: [{ z: 14, x: 8977, y: 4524 }],
  plain: [{ z: 16, x: 35914, y: 18098 }],
  all: [{ z: 16, x: 35914, y: 18098 }],
};
/* Share of differing pixels that is allowed. */
const LIMITS = { fills: 0.005, plain: 0.04, all: 1 };

/** The document with those of its layers that the kind of picture has. */
function part(document, kind, theme) {
  const keep = {
    fills: (layer) => layer.type === 'fill' && !layer.paint['fill-pattern'],
    plain: (layer) => layer.layout?.['text-field'] === undefined
      && !layer.paint?.['fill-pattern'],
  }[kind];
  return { ...document, name: `${kind}-${theme}`, layers: document.layers.filter(keep) };
}

const first = await open();
const documents = {};
const files = [];
mkdirSync(OUT, { recursive: true });
for (const theme of THEMES) {
  const answer = await fetch(`${first.origin}/styles/plan.json?theme=${theme}`);
  documents[`all-${theme}`] = await answer.json();
  for (const kind of ['fills', 'plain']) {
    const file = join(OUT, `${kind}-${theme}.json`);
    documents[`${kind}-${theme}`] = part(documents[`all-${theme}`], kind, theme);
    writeFileSync(file, JSON.stringify(documents[`${kind}-${theme}`]));
    files.push('--style', file);
  }
}
await closeAll();
const { origin, browser } = await open(files);
after(closeAll);
for (const [name, document] of Object.entries(documents)) {
  documents[name] = JSON.parse(JSON.stringify(document).replaceAll(first.origin, origin));
}

const PAGE = `<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="/maplibre/maplibre-gl.css">
<style>body{margin:0}#map{width:${TILES[0] * 256}px;height:${TILES[1] * 256}px}</style>
<div id="map"></div>
<script type="module">
import * as maplibregl from '/maplibre/maplibre-gl.mjs';
window.maplibregl = maplibregl.default ?? maplibregl;
</script>`;

let page;
let complaints;
before(async () => {
  const one = await browser({ args: GL, viewport: { width: 900, height: 700 } });
  page = one.page;
  complaints = one.complaints;
  await one.context.route(`${origin}/maplibre/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice('/maplibre/'.length);
    const type = { html: 'text/html', css: 'text/css' }[name.split('.').pop()]
      ?? 'text/javascript';
    const body = name === 'page.html' ? PAGE : readFileSync(join(PACKAGE, name));
    return route.fulfill({ contentType: type, body });
  });
  await page.goto(`${origin}/maplibre/page.html`);
  await page.waitForFunction(() => window.maplibregl?.Map);
});

/** In the page: both pictures of a view, and where they differ. */
async function draw({ style, view, tiles, address }) {
  const [w, h] = [tiles[0] * 256, tiles[1] * 256];
  const n = 2 ** view.z;
  const lat = (y) => Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * (180 / Math.PI);
  const center = [((view.x + tiles[0] / 2) / n) * 360 - 180, lat(view.y + tiles[1] / 2)];
  window.shown?.remove();
  const map = new window.maplibregl.Map({
    container: 'map', style, center, zoom: view.z - 1, interactive: false,
    attributionControl: false, fadeDuration: 0, pixelRatio: 1,
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
  });
  window.shown = map;
  const errors = [];
  map.on('error', (event) => errors.push(event.error?.message ?? String(event)));
  map.on('styleimagemissing', (event) => errors.push(`no image ${event.id}`));
  await new Promise((resolve, reject) => {
    map.once('idle', resolve);
    setTimeout(() => reject(new Error(`the map is not idle: ${errors}`)), 60000);
  });
  const picture = () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [w, h];
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, w, h);
    return { canvas, context };
  };
  const [theirs, ours, between] = [picture(), picture(), picture()];
  theirs.context.drawImage(map.getCanvas(), 0, 0);
  for (let y = 0; y < tiles[1]; y++) {
    for (let x = 0; x < tiles[0]; x++) {
      const image = new Image();
      image.src = address.replace('{z}', view.z).replace('{x}', view.x + x)
        .replace('{y}', view.y + y);
      await image.decode();
      ours.context.drawImage(image, x * 256, y * 256);
    }
  }

  const LIKE = 48; // levels of the channel that differs most
  const a = theirs.context.getImageData(0, 0, w, h).data;
  const b = ours.context.getImageData(0, 0, w, h).data;
  const far = (p, i, q, j) => Math.max(Math.abs(p[i] - q[j]), Math.abs(p[i + 1] - q[j + 1]),
    Math.abs(p[i + 2] - q[j + 2]));
  /* Is there a pixel like p's (x, y) in q, a pixel away at most? */
  const like = (p, q, x, y) => {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const inside = x + dx >= 0 && x + dx < w && y + dy >= 0 && y + dy < h;
        if (inside && far(p, (y * w + x) * 4, q, ((y + dy) * w + x + dx) * 4) <= LIKE) {
          return true;
        }
      }
    }
    return false;
  };
  let raw = 0;
  let differ = 0;
  const marks = between.context.createImageData(w, h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const i = (y * w + x) * 4;
      const near = far(a, i, b, i) <= LIKE;
      const same = near || (like(a, b, x, y) && like(b, a, x, y));
      raw += near ? 0 : 1;
      differ += same ? 0 : 1;
      marks.data.set(same ? [255, 255, 255, 255] : [200, 0, 0, 255], i);
    }
  }
  between.context.putImageData(marks, 0, 0);
  return {
    errors, raw: raw / (w * h), share: differ / (w * h),
    pictures: { maplibre: theirs.canvas.toDataURL(), ours: ours.canvas.toDataURL(),
      difference: between.canvas.toDataURL() },
  };
}

const report = [];
for (const theme of THEMES) {
  for (const kind of ['fills', 'plain', 'all']) {
    test(`MapLibre draws ${kind} of the plan style as we do, theme ${theme}`, async () => {
      const name = kind === 'all' ? 'plan' : `${kind}-${theme}`;
      for (const view of VIEWS[kind]) {
        const done = await page.evaluate(draw, {
          style: documents[`${kind}-${theme}`], view, tiles: TILES,
          address: `${origin}/tiles/${name}/WebMercatorQuad/{z}/{x}/{y}.png?theme=${theme}`,
        });
        for (const [what, data] of Object.entries(done.pictures)) {
          writeFileSync(join(OUT, `${theme}-${kind}-z${view.z}-${what}.png`),
            Buffer.from(data.split(',')[1], 'base64'));
        }
        const percent = (share) => `${(share * 100).toFixed(2)} %`;
        report.push(`${theme} ${kind} z${view.z}: ${percent(done.share)}`
          + ` (${percent(done.raw)} pixel on pixel)`);
        writeFileSync(join(OUT, 'differences.txt'), `${report.join('\n')}\n`);
        assert.deepEqual(done.errors, [], 'MapLibre misses nothing of the document');
        assert.ok(done.share <= LIMITS[kind], report.at(-1));
      }
    });
  }
}
test('nothing was wrong on the page', () => assert.deepEqual(complaints, []));
