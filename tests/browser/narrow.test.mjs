/* 320 px (1280 px at 400 %): nothing to scroll sideways, targets to hit, focus in view. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeAll, open, openMap, TARGETS } from './lib.mjs';

const { origin, places, browser } = await open();
after(closeAll);

const point = places.point.join(',');
const PAGES = ['/?', `/?point=${point}&`, '/?q=vid&', `/lookup?point=${point}&`,
  `${places.plan}?`, '/hjalp?', '/tillganglighet?', '/plan/none?',
  '/styles/plan/legend.html?'].flatMap((url) => [`${url}lang=sv`, `${url}lang=en`]);

for (const [width, height] of [[320, 256], [320, 640], [1280, 800]]) {
  test(`no sideways scrolling at ${width} x ${height}`, async () => {
    const { page, close } = await browser({ viewport: { width, height } });
    for (const url of PAGES) {
      await page.goto(origin + url, { waitUntil: 'load' });
      const sizes = await page.evaluate(() => [document.documentElement.scrollWidth,
        document.documentElement.clientWidth]);
      assert.ok(sizes[0] <= sizes[1], `${url}: ${sizes}`);
    }
    await close();
  });
}

test('wider spacing of lines, letters and words fits at 320 px', async () => {
  const { page, close } = await browser({ viewport: { width: 320, height: 640 }, bypassCSP: true });
  for (const url of PAGES) {
    await page.goto(origin + url, { waitUntil: 'load' });
    await page.addStyleTag({ content: `* { line-height: 1.5 !important;
      letter-spacing: .12em !important; word-spacing: .16em !important; }` });
    const sizes = await page.evaluate(() => [document.documentElement.scrollWidth,
      document.documentElement.clientWidth]);
    assert.ok(sizes[0] <= sizes[1], `${url}: ${sizes}`);
  }
  await close();
});

/** Targets in running text may be small (WCAG 2.5.8, inline); all others may not. */
async function smallTargets(page, least) {
  return page.evaluate(([which, px]) => [...document.querySelectorAll(which)].filter((target) => {
    const box = target.getBoundingClientRect();
    const inText = target.matches('a') && getComputedStyle(target).display === 'inline';
    return box.width > 0 && box.right > 0 && !inText && (box.width < px || box.height < px);
  }).map((target) => target.outerHTML.slice(0, 100)), [TARGETS, least]);
}

for (const width of [320, 1280]) {
  test(`controls are at least 44 px (${width} px)`, async () => {
    const { page, close } = await browser({ viewport: { width, height: 800 } });
    await openMap(page, `${origin}/?lang=sv`);
    assert.deepEqual(await smallTargets(page, 44), []);
    await page.fill('#q', '');
    await page.type('#q', 'vid', { delay: 20 });
    await page.waitForSelector('#q-list [role=option]');
    for (const option of await page.locator('#q-list [role=option]').all()) {
      assert.ok((await option.boundingBox()).height >= 44);
    }
    await close();
  });

  /* 320 x 256 is a window of 1280 x 1024 at 400 %. */
  const height = width === 320 ? 256 : 400;
  test(`the focused element is never covered and has a ring (${width} x ${height})`, async () => {
    const { page, close } = await browser({ viewport: { width, height } });
    await openMap(page, `${origin}/?lang=sv&point=${point}`);
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab');
      const told = await page.evaluate(() => {
        const at = document.activeElement;
        const box = at.getClientRects()[0];
        const hit = document.elementFromPoint(box.x + box.width / 2,
          Math.min(Math.max(box.y + box.height / 2, 1), window.innerHeight - 1));
        const own = getComputedStyle(at);
        const over = getComputedStyle(at, '::after');
        return { name: at.outerHTML.slice(0, 80), seen: at === hit || at.contains(hit),
          ring: parseFloat(own.outlineStyle === 'none' ? '0' : own.outlineWidth) ||
            parseFloat(over.borderTopWidth) || 0,
          second: (own.boxShadow !== 'none' ? own : over).boxShadow !== 'none' ||
            own.borderTopWidth === '3px' };
      });
      assert.ok(told.seen, `covered: ${told.name}`);
      assert.ok(told.ring >= 2, `ring of ${told.ring} px: ${told.name}`);
      assert.ok(told.second, `ring of one colour: ${told.name}`);
    }
    await close();
  });
}

test('on paper there is the answer and the map as drawn, and nothing to press', async () => {
  const { page, close } = await browser({ viewport: { width: 1280, height: 800 } });
  await openMap(page, `${origin}/?lang=sv&point=${point}`);
  const drawn = await page.evaluate(() => document.getElementById('viewport').clientHeight);
  await page.emulateMedia({ media: 'print' });
  const paper = await page.evaluate(() => ({
    map: document.getElementById('viewport').clientHeight,
    controls: [...document.querySelectorAll('button, input:not([type=hidden]), select')]
      .filter((control) => control.getClientRects().length > 0).length,
    answer: document.getElementById('svar').getClientRects().length,
  }));
  assert.deepEqual(paper, { map: drawn, controls: 0, answer: 1 });
  await close();
});
