/**
 * The search field as a combobox (WAI-ARIA 1.2, "list autocomplete with manual
 * selection"). The form goes on working as it does without script: Enter without a
 * chosen row sends it.
 */
import { announce } from './announce.js';

const WAIT_MS = 120;
const ROWS = 8;

/**
 * @typedef {{kind: string, label: string, detail: string, href: string,
 *            lookup: string | null, point: [number, number]}} Hit
 */

/**
 * @param {HTMLInputElement} input
 * @param {string} lang
 * @param {(hit: Hit) => void} choose
 */
export function combobox(input, lang, choose) {
  const list = document.createElement('ul');
  list.id = 'q-list';
  list.className = 'options';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  const label = document.querySelector('label[for="q"]');
  list.setAttribute('aria-label', label?.textContent?.trim() || 'q');
  input.after(list);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');

  /** @type {Hit[]} */
  let hits = [];
  let at = -1;
  let asked = 0;
  /** @type {number | undefined} */
  let timer;

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  /** @param {number} to */
  function mark(to) {
    at = to;
    [...list.children].forEach((row, i) => {
      row.setAttribute('aria-selected', String(i === at));
      if (i === at) {
        input.setAttribute('aria-activedescendant', row.id);
        row.scrollIntoView({ block: 'nearest' });
      }
    });
  }

  function show() {
    list.replaceChildren(
      ...hits.map((hit, i) => {
        const row = document.createElement('li');
        row.id = `q-option-${i}`;
        row.setAttribute('role', 'option');
        row.setAttribute('aria-selected', 'false');
        const name = document.createElement('span');
        name.textContent = hit.label;
        const detail = document.createElement('span');
        detail.className = 'detail';
        detail.textContent = `, ${hit.detail}`;
        row.append(name, detail);
        row.addEventListener('pointerdown', (event) => event.preventDefault());
        row.addEventListener('click', () => take(i));
        return row;
      }),
    );
    list.hidden = hits.length === 0;
    at = -1;
    input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-expanded', String(hits.length > 0));
  }

  /** @param {number} i */
  function take(i) {
    const hit = hits[i];
    input.value = hit.label;
    close();
    choose(hit);
  }

  async function ask() {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) {
      close();
      return;
    }
    const query = new URLSearchParams({ q: text, lang, limit: String(ROWS), f: 'json' });
    try {
      const answer = await fetch(`/search?${query}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || mine !== asked) {
        return;
      }
      const found = await answer.json();
      if (mine === asked && document.activeElement === input) {
        hits = found.results;
        show();
        announce(found.status);
      }
    } catch {
      close(); /* the form still works */
    }
  }

  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (list.hidden) {
        ask();
      } else {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        mark((at + step + hits.length + (at < 0 && step < 0 ? 1 : 0)) % hits.length);
      }
      event.preventDefault();
    } else if (event.key === 'Enter' && !list.hidden && at >= 0) {
      take(at);
      event.preventDefault();
    } else if (event.key === 'Escape' && !list.hidden) {
      close();
      event.preventDefault();
    }
  });
}
