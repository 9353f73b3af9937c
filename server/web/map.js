/**
 * The map page. The server's page is complete without this file: search form, map
 * picture with links to move it, answer, list of what the map shows. Here the picture
 * becomes a map that moves, and the same links and lists follow it. Every text a
 * person reads comes from the server's pages.
 *
 * What it needs of the page: <div id="map" data-...> (read in startMap), links
 * <a data-move="north">, the answer in #svar, the list in #lista, the line #status.
 */
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import Overlay from 'ol/Overlay.js';
import TileLayer from 'ol/layer/Tile.js';
import TileImage from 'ol/source/TileImage.js';
import TileGrid from 'ol/tilegrid/TileGrid.js';
import Projection from 'ol/proj/Projection.js';
import { defaults as interactions } from 'ol/interaction/defaults.js';

import { announce } from './announce.js';
import { combobox } from './combobox.js';
import { fromLonLat } from './sweref.js';

const STEP_PX = 128; /* arrow keys, links; OpenLayers' own step */
const SETTLE_MS = 350;

/** @param {string} id */
const byId = (id) => document.getElementById(id);

/** @param {string | undefined} text */
const numbers = (text) => (text || '').split(',').map(Number);

/**
 * Put the same parts of another page of ours in place of this page's.
 * @param {Document} from
 * @param {string[]} ids
 */
function takeParts(from, ids) {
  for (const id of ids) {
    const here = byId(id);
    const there = from.getElementById(id);
    if (here && there) {
      here.replaceChildren(...[...there.childNodes].map((node) => document.importNode(node, true)));
    }
  }
}

/** @param {string} url */
async function page(url) {
  const answer = await fetch(url, { headers: { Accept: 'text/html' } });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/**
 * @param {HTMLElement} section
 * @param {string} lang
 */
function startMap(section, lang) {
  const data = section.dataset;
  const extent = numbers(data.extent);
  const resolutions = numbers(data.resolutions);
  const projection = new Projection({ code: 'EPSG:3006', units: 'm', extent });
  const tileGrid = new TileGrid({
    origin: [extent[0], extent[3]],
    extent,
    resolutions,
    tileSize: 256,
  });
  const sharp = window.devicePixelRatio > 1;

  /** @param {string} style */
  function source(style) {
    return new TileImage({
      projection,
      tileGrid,
      tilePixelRatio: sharp ? 2 : 1,
      transition: 0,
      tileUrlFunction(tile) {
        const [z, x, y] = tile || [0, 0, 0];
        const name = `/tiles/${style}/${data.grid}/${z}/${x}/${y}${sharp ? '@2x' : ''}.png`;
        return data.theme && data.theme !== 'standard' ? `${name}?theme=${data.theme}` : name;
      },
    });
  }

  const layers = (data.styles || '').split(',').map((style) => new TileLayer({ source: source(style) }));
  const view = new View({
    projection,
    extent,
    showFullExtent: true,
    resolutions,
    constrainResolution: true,
    enableRotation: false,
    center: [Number(data.x), Number(data.y)],
    resolution: resolutions[Number(data.z)],
  });
  const home = { center: [Number(data.x), Number(data.y)], zoom: Number(data.z) };

  const viewport = document.createElement('div');
  viewport.id = 'viewport';
  viewport.tabIndex = 0;
  viewport.setAttribute('role', 'group');
  viewport.setAttribute('aria-label', data.label || '');
  if (byId('map-help')) {
    viewport.setAttribute('aria-describedby', 'map-help');
  }
  section.replaceChildren(viewport);

  const map = new OlMap({
    target: viewport,
    layers,
    view,
    controls: [],
    keyboardEventTarget: document.createElement('div'), /* our own keys below */
    interactions: interactions({ onFocusOnly: true, altShiftDragRotate: false, pinchRotate: false }),
  });
  map.getViewport()?.setAttribute('aria-hidden', 'true');
  const dot = document.createElement('div');
  dot.className = 'marker';
  const marker = new Overlay({ element: dot, positioning: 'center-center', stopEvent: false });
  map.addOverlay(marker);
  if (data.point) {
    marker.setPosition(numbers(data.point));
  }

  /** @param {string} what */
  function move(what) {
    const resolution = view.getResolution() || 1;
    const [x, y] = view.getCenter() || [0, 0];
    const step = STEP_PX * resolution;
    if (what === 'in' || what === 'out') {
      view.setZoom((view.getZoom() || 0) + (what === 'in' ? 1 : -1));
    } else if (what === 'home') {
      view.setCenter(home.center);
      view.setZoom(home.zoom);
    } else {
      const dx = what === 'east' ? step : what === 'west' ? -step : 0;
      const dy = what === 'north' ? step : what === 'south' ? -step : 0;
      view.setCenter([x + dx, y + dy]);
    }
  }

  document.querySelectorAll('[data-move]').forEach((link) => {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      move((link instanceof HTMLElement && link.dataset.move) || '');
    });
  });

  viewport.addEventListener('keydown', (event) => {
    /** @type {Record<string, string>} */
    const keys = {
      ArrowUp: 'north', ArrowDown: 'south', ArrowLeft: 'west', ArrowRight: 'east',
      '+': 'in', '=': 'in', '-': 'out', Home: 'home',
    };
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (keys[event.key]) {
      move(keys[event.key]);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      ask(view.getCenter() || [0, 0]);
      event.preventDefault();
    }
  });

  /** @param {Record<string, string | undefined>} more */
  function address(more) {
    const [x, y] = view.getCenter() || [0, 0];
    const query = new URLSearchParams({
      lang,
      x: x.toFixed(1),
      y: y.toFixed(1),
      z: String(Math.round(view.getZoom() || 0)),
    });
    const now = new URLSearchParams(window.location.search);
    for (const name of ['point', 'crs', 'property', 'address', 'theme']) {
      const value = name in more ? more[name] : now.get(name);
      if (value) {
        query.set(name, value);
      }
    }
    return `/?${query}`;
  }

  let asked = 0;

  /**
   * @param {string} url
   * @param {string[]} parts
   */
  async function refresh(url, parts) {
    const mine = ++asked;
    try {
      const fresh = await page(url);
      if (mine !== asked) {
        return;
      }
      window.history.replaceState(null, '', url);
      takeParts(fresh, parts);
      announce(fresh.getElementById('status')?.textContent?.trim());
    } catch {
      announce(data.failed);
    }
  }

  /** @param {number[]} at easting, northing */
  async function ask(at) {
    marker.setPosition(at);
    await refresh(
      address({
        point: at.map((v) => v.toFixed(1)).join(','),
        crs: undefined,
        property: undefined,
        address: undefined,
      }),
      ['svar', 'lista'],
    );
  }

  /** @type {number | undefined} */
  let timer;
  map.on('moveend', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => refresh(address({}), ['lista']), SETTLE_MS);
  });
  map.on('singleclick', (event) => ask(event.coordinate));

  return {
    /** @param {number[]} at */
    go(at) {
      view.setCenter(at);
      if ((view.getResolution() || 0) > 1.4) {
        view.setResolution(1.4);
      }
      ask(at);
    },
  };
}

function start() {
  const lang = document.documentElement.lang || 'sv';
  const section = byId('map');
  const map = section ? startMap(section, lang) : null;
  const input = byId('q');
  if (input instanceof HTMLInputElement) {
    combobox(input, lang, (hit) => {
      if (map && hit.kind !== 'plan' && hit.kind !== 'regulation') {
        map.go(hit.point);
      } else {
        window.location.href = hit.href;
      }
    });
  }
  const locate = byId('locate');
  if (locate instanceof HTMLButtonElement && map && 'geolocation' in navigator) {
    locate.hidden = false;
    locate.addEventListener('click', () => {
      navigator.geolocation.getCurrentPosition(
        (position) => map.go(fromLonLat(position.coords.longitude, position.coords.latitude)),
        () => announce(locate.dataset.failed),
        { timeout: 10000 },
      );
    });
  }
}

start();
