/**
 * The map page. The server's page is complete without this file: search form, map
 * picture with links to move it, answer, list of what the map shows. Here the picture
 * becomes a map that moves, and the same links and lists follow it. Every text a
 * person reads comes from the server's pages.
 *
 * What it needs of the page: <div id="map" data-...> (read in startMap), links
 * <a data-move="north">, the answer in #svar, the list in #lista (each with its one
 * line for the status line in data-status), the line #status.
 */
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import Overlay from 'ol/Overlay.js';
import TileLayer from 'ol/layer/Tile.js';
import TileImage from 'ol/source/TileImage.js';
import TileGrid from 'ol/tilegrid/TileGrid.js';
import Projection from 'ol/proj/Projection.js';
import DragPan from 'ol/interaction/DragPan.js';
import { defaults as interactions } from 'ol/interaction/defaults.js';

import { announce } from './announce.js';
import { combobox } from './combobox.js';
import { fromLonLat } from './sweref.js';

const STEP_PX = 128; /* arrow keys, links */
const FINE_PX = 16; /* with Shift */
const SETTLE_MS = 350;
const CLOSE_M = 1.4; /* metres of a pixel at which a found place is shown */
const QUESTION = ['point', 'crs', 'property', 'address'];

/** @param {string} id */
const byId = (id) => document.getElementById(id);

/** @param {string | undefined} text */
const numbers = (text) => (text || '').split(',').map(Number);

/**
 * Put a part of another page of ours in place of this page's.
 * @param {Document} from
 * @param {string} id
 */
function takePart(from, id) {
  const here = byId(id);
  const there = from.getElementById(id);
  if (here && there) {
    here.replaceChildren(...[...there.childNodes].map((node) => document.importNode(node, true)));
  }
}

/**
 * The page's links about this view lead where those of the fresh page lead.
 * @param {Document} from
 */
function takeLinks(from) {
  for (const which of ['.language', '#legend-link', '[data-move]']) {
    const there = from.querySelectorAll(which);
    document.querySelectorAll(which).forEach((link, i) => {
      link.setAttribute('href', there[i]?.getAttribute('href') || link.getAttribute('href') || '');
    });
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

/** A person who taps the map on a small screen sees where the answer begins. */
function showAnswer() {
  const top = byId('svar')?.getBoundingClientRect().top || 0;
  if (top > window.innerHeight * 0.8) {
    window.scrollBy({ top: top - window.innerHeight * 0.6, behavior: 'instant' });
  }
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
  let theme = data.theme || 'standard';

  const styles = (data.styles || '').split(',');
  /** Maps of others that may lie under the plans. */
  const grounds = (data.grounds || '').split(',');

  /**
   * The chosen outside map does, or does not, give pictures: the page has the words.
   * @param {string} style
   * @param {boolean} missing
   */
  function tellGround(style, missing) {
    const line = document.querySelector(`[data-missing="${style}"]`);
    if (line instanceof HTMLElement && line.hidden === missing && style === styles[0]) {
      line.hidden = !missing;
      if (missing) {
        announce(line.textContent || '');
      }
    }
  }

  /** @param {string} style */
  function source(style) {
    const outside = grounds.includes(style);
    const tiles = new TileImage({
      projection,
      tileGrid,
      tilePixelRatio: sharp && !outside ? 2 : 1,
      transition: 0,
      tileUrlFunction(tile) {
        const [z, x, y] = tile || [0, 0, 0];
        if (outside) {
          return `/background/${style}/${z}/${x}/${y}.png?tms=${data.grid}`;
        }
        const name = `/tiles/${style}/${data.grid}/${z}/${x}/${y}${sharp ? '@2x' : ''}.png`;
        return theme === 'standard' ? name : `${name}?theme=${theme}`;
      },
    });
    if (outside) {
      tiles.on('tileloaderror', () => tellGround(style, true));
      tiles.on('tileloadend', () => tellGround(style, false));
    }
    return tiles;
  }

  const layers = styles.map((style) => new TileLayer({ source: source(style) }));
  const home = { center: [Number(data.x), Number(data.y)], zoom: Number(data.z) };
  const view = new View({
    projection,
    extent,
    showFullExtent: true,
    resolutions,
    constrainResolution: true,
    smoothResolutionConstraint: false,
    smoothExtentConstraint: false,
    enableRotation: false,
    center: home.center,
    zoom: home.zoom,
  });

  const viewport = document.createElement('div');
  viewport.id = 'viewport';
  viewport.tabIndex = 0;
  viewport.setAttribute('role', 'group');
  viewport.setAttribute('aria-label', data.label || '');
  const help = byId('map-help');
  if (help) {
    help.hidden = false;
    viewport.setAttribute('aria-describedby', 'map-help');
  }
  section.replaceChildren(viewport);
  section.classList.add('live');

  const map = new OlMap({
    target: viewport,
    layers,
    view,
    controls: [],
    keyboardEventTarget: document.createElement('div'), /* our own keys below */
    interactions: interactions({
      onFocusOnly: true,
      altShiftDragRotate: false,
      pinchRotate: false,
      keyboard: false,
      dragPan: false,
      zoomDuration: 0,
    }).extend([new DragPan({ onFocusOnly: true })]), /* without gliding on */
  });
  map.getViewport()?.setAttribute('aria-hidden', 'true');
  /* On paper the map is as high as it was drawn on the screen. */
  const keepHeight = () => {
    if (!window.matchMedia('print').matches) {
      viewport.style.setProperty('--drawn', `${viewport.clientHeight}px`);
    }
  };
  keepHeight();
  map.on('change:size', keepHeight);
  const dot = document.createElement('div');
  dot.className = 'marker';
  const marker = new Overlay({ element: dot, positioning: 'center-center', stopEvent: false });
  map.addOverlay(marker);
  if (data.point) {
    marker.setPosition(numbers(data.point));
  }

  /** What has been asked: the page's own arguments. @type {Map<string, string>} */
  const question = new Map();
  for (const [name, value] of new URLSearchParams(window.location.search)) {
    if (QUESTION.includes(name)) {
      question.set(name, value);
    }
  }

  /* Which layers are shown is the page's own choice: its links change it. */
  const layersShown = new URLSearchParams(window.location.search).get('layers');

  function address() {
    const [x, y] = view.getCenter() || [0, 0];
    const query = new URLSearchParams({
      lang,
      x: x.toFixed(1),
      y: y.toFixed(1),
      z: String(Math.round(view.getZoom() || 0)),
      theme,
    });
    if (grounds.includes(styles[0])) {
      query.set('background', styles[0]);
    }
    if (layersShown !== null) {
      query.set('layers', layersShown);
    }
    question.forEach((value, name) => query.set(name, value));
    return `/?${query}`.replaceAll('%2C', ',').replaceAll('%3A', ':');
  }

  let asked = 0; /* the newest request; older answers are dropped */
  let answerDue = false;
  let shown = address();

  async function refresh() {
    const mine = ++asked;
    const url = address();
    try {
      const fresh = await page(`${url}&live=1`); /* the tiles tell how the ground is */
      if (mine !== asked) {
        return;
      }
      shown = url;
      window.history.replaceState(null, '', url);
      takeLinks(fresh);
      takePart(fresh, 'lista');
      takePart(fresh, 'teckenforklaring');
      let line = fresh.getElementById('lista')?.dataset.status;
      if (answerDue) {
        answerDue = false;
        takePart(fresh, 'svar');
        line = fresh.getElementById('svar')?.dataset.status;
        marker.setPosition(numbers(fresh.getElementById('map')?.dataset.point));
      }
      announce(line);
    } catch {
      if (mine === asked) {
        announce(data.failed);
      }
    }
  }

  /** @type {number | undefined} */
  let timer;
  map.on('moveend', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (address() !== shown) {
        refresh();
      }
    }, SETTLE_MS);
  });

  /** @param {Iterable<[string, string]>} what */
  async function ask(what) {
    question.clear();
    for (const [name, value] of what) {
      if (QUESTION.includes(name)) {
        question.set(name, value);
      }
    }
    answerDue = true;
    await refresh();
  }

  /** @param {number[]} at easting, northing */
  function askAt(at) {
    marker.setPosition(at);
    return ask([['point', at.map((v) => v.toFixed(1)).join(',')]]);
  }

  /**
   * @param {string} what
   * @param {number} px
   */
  function move(what, px) {
    const [x, y] = view.getCenter() || [0, 0];
    const step = px * (view.getResolution() || 1);
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

  /** Links that lead nowhere from here say so. */
  function markEnds() {
    const zoom = Math.round(view.getZoom() || 0);
    document.querySelectorAll('[data-move]').forEach((link) => {
      const what = link.getAttribute('data-move');
      const end = what === 'in' ? zoom >= resolutions.length - 1 : what === 'out' && zoom <= 0;
      if (end) {
        link.setAttribute('aria-disabled', 'true');
      } else {
        link.removeAttribute('aria-disabled');
      }
    });
  }
  view.on('change:resolution', markEnds);

  document.querySelectorAll('[data-move]').forEach((link) => {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      move(link.getAttribute('data-move') || '', STEP_PX);
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
      move(keys[event.key], event.shiftKey ? FINE_PX : STEP_PX);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      askAt(view.getCenter() || [0, 0]);
      event.preventDefault();
    }
  });

  map.on('singleclick', async (event) => {
    await askAt(event.coordinate);
    showAnswer();
  });

  const form = document.querySelector('form.themes');
  form?.addEventListener('submit', (event) => {
    const select = byId('theme');
    if (select instanceof HTMLSelectElement) {
      event.preventDefault();
      theme = select.value;
      data.theme = theme; // the ground under tiles that are still on their way
      const ground = byId('background');
      if (ground instanceof HTMLSelectElement) {
        styles[0] = ground.value || 'base';
        document.querySelectorAll('[data-background]').forEach((line) => {
          line.toggleAttribute('hidden', line.getAttribute('data-background') !== styles[0]);
        });
        document.querySelectorAll('[data-missing]').forEach((line) => {
          line.toggleAttribute('hidden', true);
        });
      }
      layers.forEach((layer, i) => layer.setSource(source(styles[i])));
      refresh().then(() => announce(data.themed));
    }
  });

  /** @param {number[]} at */
  function show(at) {
    if ((view.getResolution() || 0) > CLOSE_M) {
      view.setResolution(CLOSE_M);
    }
    view.setCenter(at);
  }

  return {
    /** @param {number[]} at */
    go(at) {
      show(at);
      askAt(at);
    },
    /** @param {import('./combobox.js').Hit} hit */
    choose(hit) {
      show(hit.point);
      marker.setPosition(hit.point);
      ask(new URL(hit.lookup || '/', window.location.href).searchParams);
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
      if (map && hit.lookup) {
        map.choose(hit);
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
