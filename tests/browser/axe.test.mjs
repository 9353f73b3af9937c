/* axe-core over whole pages: every rule it has, nothing disabled, nothing excluded. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { axeSource, closeAll, open, openMap } from './lib.mjs';

const { origin, places, browser } = await open();
after(closeAll);

const point = places.point.join(',');
const property = encodeURIComponent(places.property.label);
const PAGES = {
  start: (lang, theme) => `/?lang=${lang}&theme=${theme}`,
  answer: (lang, theme) => `/?point=${point}&lang=${lang}&theme=${theme}`,
  results: (lang) => `/?q=vid&lang=${lang}`,
  plan: (lang) => `${places.plan}?lang=${lang}`,
  lookup: (lang) => `/lookup?point=${point}&crs=EPSG:3006&lang=${lang}`,
  property: (lang) => `/lookup?property=${property}&lang=${lang}`,
  legend: (lang) => `/styles/plan/legend.html?lang=${lang}`,
  help: (lang) => `/hjalp?lang=${lang}`,
  statement: (lang) => `/tillganglighet?lang=${lang}`,
  missing: (lang) => `/plan/none?lang=${lang}`,
};
const MAPS = ['start', 'answer', 'results'];
/* Rules that axe leaves off by itself (AAA and so on) are on here. What a rule that axe
 * calls experimental finds is listed with the incomplete ones: one of them wants a widget's
 * role for everything that takes the focus, and a map that moves by keys is a group. */
async function audit(page) {
  await page.evaluate(axeSource);
  return page.evaluate(() => {
    const rules = Object.fromEntries(
      window.axe.getRules().map((rule) => [rule.ruleId, { enabled: true }]));
    return window.axe.run(document, { resultTypes: ['violations', 'incomplete'], rules });
  });
}

const isTrial = (result) => result.tags.includes('experimental');

/** One line per element, to be read in a log. */
function lines(results) {
  return results.flatMap((result) => result.nodes.map((node) =>
    `${result.id}: ${node.target.join(' ')}: ${node.any.concat(node.all, node.none)
      .map((check) => check.message).join('; ')}`));
}

for (const [width, colorScheme, langs] of [
  [320, 'light', ['sv', 'en']], [1280, 'light', ['sv', 'en']], [1280, 'dark', ['sv']]]) {
  test(`no page has a violation (${width} px, ${colorScheme} frame)`, async () => {
    /* bypassCSP: axe itself is put into the page, which the pages' policy forbids. */
    const { page, complaints, close } = await browser({
      viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
    const wrong = [];
    const unsure = new Set();
    for (const [name, url] of Object.entries(PAGES)) {
      for (const lang of langs) {
        for (const theme of url.length > 1 ? ['standard', 'cvd'] : ['standard']) {
          const address = origin + url(lang, theme);
          if (MAPS.includes(name)) {
            await openMap(page, address);
          } else {
            await page.goto(address, { waitUntil: 'load' });
          }
          const found = await audit(page);
          const sure = found.violations.filter((result) => !isTrial(result));
          wrong.push(...lines(sure).map((line) => `${name} ${lang}: ${line}`));
          lines([...found.incomplete, ...found.violations.filter(isTrial)])
            .forEach((line) => unsure.add(`${name}: ${line}`));
        }
      }
    }
    console.log(`incomplete, for a person to look at: ${unsure.size}`);
    unsure.forEach((line) => console.log(`  ${line}`));
    assert.deepEqual(wrong, []);
    assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
    await close();
  });
}
