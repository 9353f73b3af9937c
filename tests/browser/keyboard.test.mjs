/* Only keys: search, answer, map and list are reached and left again. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeAll, open, openMap, watchStatus } from './lib.mjs';

const { origin, places, browser } = await open();
after(closeAll);

const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  return at.id || at.getAttribute('data-move') || at.getAttribute('href') || at.tagName;
});

async function tabTo(page, wanted, most = 40) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === wanted) {
      return;
    }
  }
  assert.fail(`Tab does not reach ${wanted}`);
}

const view = (page) => {
  const query = new URL(page.url()).searchParams;
  return { x: Number(query.get('x')), y: Number(query.get('y')), z: Number(query.get('z')) };
};

test('the first stop is the skip link, and it skips', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), '#main');
  assert.ok(await page.locator(':focus').isVisible());
  assert.ok((await page.locator(':focus').boundingBox()).x >= 0, 'the skip link is in view');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'q');
  await tabTo(page, '#lista');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /^\/plan\//);
  await close();
});

test('a place is found in the combobox and its answer is reached', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  await tabTo(page, 'q');
  await page.keyboard.type(places.property.label.slice(0, -1), { delay: 15 });
  await page.waitForSelector('#q-list [role=option]');
  assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'false');
  assert.notEqual(await page.inputValue('#q'), '', 'Escape closes the list and keeps the text');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('#q-list:not([hidden])');
  await page.keyboard.press('ArrowDown');
  const chosen = await page.getAttribute('#q', 'aria-activedescendant');
  const label = await page.locator(`#${chosen} span`).first().textContent();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#svar .summary');
  assert.equal(await focused(page), 'q', 'focus stays in the field');
  assert.match(await page.locator('#svar').textContent(), new RegExp(label.split(' ').pop()));
  await page.waitForFunction(() => document.getElementById('status').textContent !== '');
  await close();
});

test('Enter without a chosen row sends the form', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  await tabTo(page, 'q');
  await page.keyboard.type('vid');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.ok(await page.locator('.results li').count() > 0);
  await close();
});

test('keys move and zoom the focused map, say it, and ask about its middle', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  const status = await watchStatus(page);
  await tabTo(page, 'viewport');
  const keys = [
    ['ArrowRight', (a, b) => b.x > a.x && b.y === a.y],
    ['ArrowLeft', (a, b) => b.x < a.x],
    ['ArrowUp', (a, b) => b.y > a.y],
    ['ArrowDown', (a, b) => b.y < a.y],
    ['+', (a, b) => b.z === a.z + 1],
    ['-', (a, b) => b.z === a.z - 1],
    ['Shift+ArrowRight', (a, b) => b.x > a.x],
    ['Home', (a, b) => b.x === 618000 && b.y === 6928000],
  ];
  await page.keyboard.press('ArrowUp');
  await page.waitForTimeout(1800);
  for (const [key, moved] of keys) {
    await status.clear();
    const before = view(page);
    await page.keyboard.press(key);
    await page.waitForTimeout(1800);
    const now = view(page);
    assert.ok(moved(before, now), `${key}: ${JSON.stringify(before)} ${JSON.stringify(now)}`);
    assert.equal((await status.all()).length, 1, `${key} is told once: ${await status.all()}`);
  }
  await status.clear();
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1800);
  assert.ok(await page.locator('#svar .summary').count() > 0);
  assert.match(page.url(), /point=618000\.0,6928000\.0/);
  assert.equal((await status.all()).length, 1);
  assert.equal(await focused(page), 'viewport');
  await close();
});

test('the links beside the map do the same', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  for (const [move, moved] of [
    ['north', (a, b) => b.y > a.y], ['south', (a, b) => b.y < a.y],
    ['west', (a, b) => b.x < a.x], ['east', (a, b) => b.x > a.x],
    ['in', (a, b) => b.z > a.z], ['out', (a, b) => b.z < a.z],
  ]) {
    const before = await page.evaluate(() => window.location.search
      ? window.location.href : null) ? view(page) : { x: 618000, y: 6928000, z: 7 };
    const start = before.z ? before : { x: 618000, y: 6928000, z: 7 };
    await page.focus(`[data-move=${move}]`);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1500);
    assert.ok(moved(start, view(page)), `${move}: ${JSON.stringify([start, view(page)])}`);
    assert.equal(await focused(page), move, 'focus stays on the link');
  }
  await close();
});

test('no trap: Tab forwards and backwards visit the same stops', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv&x=618000&y=6928000&z=10`);
  const step = async (key) => {
    await page.keyboard.press(key);
    return page.evaluate(() => {
      const at = document.activeElement;
      if (at === document.body) {
        return 'end';
      }
      window.order ||= new Map();
      if (!window.order.has(at)) {
        window.order.set(at, window.order.size);
      }
      return window.order.get(at);
    });
  };
  const there = [];
  for (let i = 0, at = 0; i < 200 && (at = await step('Tab')) !== 'end'; i++) {
    there.push(at);
  }
  assert.ok(there.length > 15 && there.length < 200, `${there.length} stops`);
  assert.equal(new Set(there).size, there.length);
  const back = [];
  for (let i = 0, at = 0; i < 200 && (at = await step('Shift+Tab')) !== 'end'; i++) {
    back.push(at);
  }
  assert.deepEqual(back.reverse(), there);
  await close();
});

test('single keys do nothing while the map has no focus', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  const before = page.url();
  for (const key of [...'abcdefghijklmnopqrstuvwxyz0123456789+-=']) {
    await page.keyboard.press(key);
  }
  await page.waitForTimeout(900);
  assert.equal(page.url(), before);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  await close();
});
