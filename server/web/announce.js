/**
 * The page's one status line. A message is said once, half a second after the last
 * change, and again if the same message comes back.
 */

const QUIET_MS = 500;
const LONGEST = 120;

/** @type {number | undefined} */
let timer;

/** @param {string | null | undefined} text */
export function announce(text) {
  const line = document.getElementById('status');
  if (!line || !text) {
    return;
  }
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    line.textContent = '';
    window.setTimeout(() => {
      line.textContent = text.slice(0, LONGEST);
    }, 20);
  }, QUIET_MS);
}
