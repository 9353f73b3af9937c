/* Tiles that fail, other origins, what the status line says, motion, and scrolling. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeAll, open, openMap, watchStatus } from './lib.mjs';

const { origin, places, browser } = await open();
after(closeAll);

const QUIET_MS = 1800;

async function middle(page) {
  const box = await page.locator('#viewport').boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

test('every tile and picture blocked: list and answer are complete', async () => {
  const whole = await browser();
  await openMap(whole.page, `${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  await whole.page.mouse.click(...await middle(whole.page));
  await whole.page.waitForSelector('#svar .summary');
  const wanted = [await whole.page.locator('#svar .summary').textContent(),
    await whole.page.locator('#lista').textContent()];
  await whole.close();
  const { page, close } = await browser();
  let blocked = 0;
  await page.route(/\/(tiles|static|background)\//, (route) => {
    blocked++;
    return route.abort();
  });
  await openMap(page, `${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  const status = await watchStatus(page);
  await page.mouse.click(...await middle(page));
  await page.waitForSelector('#svar .summary');
  assert.ok(blocked > 5, `${blocked} blocked`);
  assert.deepEqual([await page.locator('#svar .summary').textContent(),
    await page.locator('#lista').textContent()], wanted);
  await page.waitForTimeout(QUIET_MS);
  assert.equal((await status.all()).length, 1, 'failing tiles are not told one by one');
  await close();
});

test('a press asks about the point under it, and the address can be shared', async () => {
  const { page, requests, complaints, close } = await browser();
  await openMap(page, `${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  const [x, y] = await middle(page);
  await page.mouse.click(x + 100, y + 50);
  await page.waitForSelector('#svar .summary');
  const [e, n] = new URL(page.url()).searchParams.get('point').split(',').map(Number);
  assert.ok(Math.abs(e - 618140) < 3 && Math.abs(n - 6927930) < 3, `${e}, ${n}`);
  const answer = await page.locator('#svar').textContent();
  await page.goto(page.url());
  const again = await page.locator('#svar').textContent();
  const timeless = (text) => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '');
  assert.equal(timeless(again), timeless(answer));
  assert.ok(requests.length > 10);
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${origin}/`)), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('the policy allows nothing from elsewhere and no script in the page', async () => {
  const policy = (await fetch(`${origin}/`)).headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  const { page, complaints, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.broken = true';
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(complaints.length, 1, 'only what was tried here is refused');
  await close();
});

test('the status line: nothing on loading, one short message for each act', async () => {
  const { page, close } = await browser();
  await page.addInitScript(() => {
    window.early = 0;
    new MutationObserver(() => {
      window.early += document.getElementById('status')?.textContent ? 1 : 0;
    }).observe(document, { childList: true, subtree: true });
  });
  await openMap(page, `${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  await page.waitForTimeout(QUIET_MS);
  assert.equal(await page.evaluate(() => window.early), 0, 'loading says nothing');
  const status = await watchStatus(page);
  const acts = {
    'five quick moves': async () => {
      for (let i = 0; i < 5; i++) {
        await page.click('[data-move=north]');
      }
    },
    'the same again': () => page.click('[data-move=in]'),
    'a question': async () => page.mouse.click(...await middle(page)),
    'the same question': async () => page.mouse.click(...await middle(page)),
    'another theme': async () => {
      await page.selectOption('#theme', 'cvd');
      await page.click('.themes button');
    },
  };
  for (const [name, act] of Object.entries(acts)) {
    await status.clear();
    await page.evaluate(() => window.scrollTo(0, 0));
    await act();
    await page.waitForTimeout(QUIET_MS + 700);
    const said = await status.all();
    assert.equal(said.length, 1, `${name}: ${JSON.stringify(said)}`);
    assert.ok(said[0].length <= 120, said[0]);
  }
  await page.route('**/?*', (route) => route.abort());
  await status.clear();
  await page.click('[data-move=south]');
  await page.waitForTimeout(QUIET_MS);
  assert.deepEqual(await status.all(), [await page.getAttribute('#map', 'data-failed')]);
  await close();
});

test('the theme changes the tiles without leaving the page', async () => {
  const { page, requests, close } = await browser();
  await openMap(page, `${origin}/?lang=sv&point=${places.point.join(',')}`);
  requests.length = 0;
  await page.selectOption('#theme', 'cvd');
  assert.equal(requests.length, 0, 'choosing does nothing before the button');
  await page.click('.themes button');
  await page.waitForTimeout(QUIET_MS);
  const tiles = requests.filter((url) => url.includes('/tiles/'));
  assert.ok(tiles.length > 0 && tiles.every((url) => url.endsWith('theme=cvd')));
  assert.ok(page.url().includes('theme=cvd') && page.url().includes('point='));
  await close();
});

test('nothing moves by itself, and a view is reached at once', async () => {
  const { page, close } = await browser({ reducedMotion: 'reduce' });
  await openMap(page, `${origin}/?lang=sv`);
  await page.click('[data-move=in]');
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await page.waitForTimeout(QUIET_MS);
  assert.match(page.url(), /z=8/);
  await close();
});

test('the wheel scrolls the page until the map has focus', async () => {
  const { page, close } = await browser({ viewport: { width: 1280, height: 600 } });
  await openMap(page, `${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  await page.evaluate(() => window.scrollTo(0, 150)); /* the map's middle is in view */
  await page.mouse.move(...await middle(page));
  await page.mouse.wheel(0, 200);
  await page.waitForTimeout(600);
  assert.ok(await page.evaluate(() => window.scrollY) > 150, 'the page scrolls');
  assert.match(page.url(), /z=8/);
  await page.evaluate(() => window.scrollTo(0, 100));
  await page.focus('#viewport');
  const scrolled = await page.evaluate(() => window.scrollY);
  await page.mouse.move(...await middle(page));
  await page.mouse.wheel(0, -200);
  await page.waitForTimeout(QUIET_MS);
  assert.equal(await page.evaluate(() => window.scrollY), scrolled);
  assert.match(page.url(), /z=(9|10|11)&/, page.url());
  await close();
});

test('one finger scrolls the page, and a tap asks', async () => {
  const { page, context, close } = await browser({
    viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
  await openMap(page, `${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  await page.evaluate(() => document.getElementById('map').scrollIntoView());
  const before = await page.evaluate(() => window.scrollY);
  const [x, y] = await middle(page);
  const session = await context.newCDPSession(page);
  const touch = (type, at) => session.send('Input.dispatchTouchEvent',
    { type, touchPoints: at === null ? [] : [{ x, y: at }] });
  await touch('touchStart', y);
  for (let moved = 15; moved <= 150; moved += 15) {
    await touch('touchMove', y - moved);
    await page.waitForTimeout(20);
  }
  await touch('touchEnd', null);
  await page.waitForTimeout(600);
  assert.ok(await page.evaluate(() => window.scrollY) > before + 50, 'the page scrolls');
  await page.evaluate(() => document.getElementById('map').scrollIntoView());
  const box = await page.locator('#viewport').boundingBox();
  await page.touchscreen.tap(box.x + box.width / 2, box.y + 100);
  await page.waitForSelector('#svar .summary');
  await page.waitForTimeout(300);
  const top = await page.evaluate(() => document.getElementById('svar').getBoundingClientRect().top);
  assert.ok(top < 640 * 0.8, `the answer begins in view (${top})`);
  await close();
});

test('my position asks about the place, and a refusal is told', async () => {
  const { page, context, close } = await browser({
    geolocation: { longitude: 17.298, latitude: 62.4655 }, permissions: ['geolocation'] });
  await openMap(page, `${origin}/?lang=sv`);
  const status = await watchStatus(page);
  await page.click('#locate');
  await page.waitForSelector('#svar .summary');
  const [e, n] = new URL(page.url()).searchParams.get('point').split(',').map(Number);
  assert.ok(Math.abs(e - 618290) < 2000 && Math.abs(n - 6928300) < 5000, `${e}, ${n}`);
  await page.waitForTimeout(QUIET_MS);
  await context.clearPermissions();
  await status.clear();
  await page.click('#locate');
  await page.waitForTimeout(QUIET_MS);
  assert.deepEqual(await status.all(), [await page.getAttribute('#locate', 'data-failed')]);
  await close();
});

test('the first view\'s script is at most 100 kB packed', async () => {
  const { gzipSync } = await import('node:zlib');
  const html = await (await fetch(`${origin}/`)).text();
  const scripts = [...html.matchAll(/<script[^>]+src="([^"]+)"/g)].map((found) => found[1]);
  assert.equal(scripts.length, 1);
  const bytes = Buffer.from(await (await fetch(origin + scripts[0])).arrayBuffer());
  assert.ok(gzipSync(bytes, { level: 9 }).length <= 100000, `${gzipSync(bytes).length}`);
});
