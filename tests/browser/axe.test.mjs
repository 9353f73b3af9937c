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
  results: (lang, theme) => `/?q=vid&lang=${lang}&theme=${theme}`,
  plan: (lang, theme) => `${places.plan}?lang=${lang}&theme=${theme}`,
  lookup: (lang, theme) => `/lookup?point=${point}&crs=EPSG:3006&lang=${lang}&theme=${theme}`,
  property: (lang) => `/lookup?property=${property}&lang=${lang}`,
  legend: (lang, theme) => `/styles/plan/legend.html?lang=${lang}&theme=${theme}`,
  help: (lang) => `/hjalp?lang=${lang}`,
  statement: (lang) => `/tillganglighet?lang=${lang}`,
  missing: (lang) => `/plan/none?lang=${lang}`,
};
/* Rules that axe leaves off by itself are on here. */
const RUN = { resultTypes: ['violations', 'incomplete'] };

async function audit(page) {
  await page.evaluate(axeSource);
  return page.evaluate((run) => {
    const rules = Object.fromEntries(
      window.axe.getRules().map((rule) => [rule.ruleId, { enabled: true }]));
    return window.axe.run(document, { ...run, rules });
  }, RUN);
}

/** One line per element, to be read in a log. */
function lines(results) {
  return results.flatMap((result) => result.nodes.map((node) =>
    `${result.id}: ${node.target.join(' ')}: ${node.any.concat(node.all, node.none)
      .map((check) => check.message).join('; ')}`));
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [320, 1280]) {
    test(`no page has a violation (${width} px, ${colorScheme} frame)`, async () => {
      const { page, complaints, close } = await browser({
        viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      const wrong = [];
      const open = new Set();
      for (const [name, url] of Object.entries(PAGES)) {
        for (const lang of ['sv', 'en']) {
          for (const theme of url.length > 1 ? ['standard', 'cvd'] : ['standard']) {
            const address = origin + url(lang, theme);
            if (['start', 'answer', 'results'].includes(name)) {
              await openMap(page, address);
            } else {
              await page.goto(address, { waitUntil: 'load' });
            }
            const found = await audit(page);
            wrong.push(...lines(found.violations).map((line) => `${name} ${lang}: ${line}`));
            lines(found.incomplete).forEach((line) => open.add(`${name}: ${line}`));
          }
        }
      }
      console.log(`incomplete, for a person to look at: ${open.size}`);
      open.forEach((line) => console.log(`  ${line}`));
      assert.deepEqual(wrong, []);
      assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
      await close();
    });
  }
}
