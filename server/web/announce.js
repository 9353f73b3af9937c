/**
 * The page's one status line. A message is said once, half a second after the last
 * change, and again if the same message comes back.
 */

const QUIET_MS = 500;
const LONGEST = 120;

/** @type {number | undefined} */
let timer;

/**
 * The first sentences that fit, or as many words.
 * @param {string} text
 */
function short(text) {
  if (text.length <= LONGEST) {
    return text;
  }
  const head = text.slice(0, LONGEST - 2);
  const end = head.lastIndexOf('. ');
  return end > 0 ? head.slice(0, end + 1) : `${head.slice(0, head.lastIndexOf(' '))} …`;
}

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
      line.textContent = short(text);
    }, 20);
  }, QUIET_MS);
}
