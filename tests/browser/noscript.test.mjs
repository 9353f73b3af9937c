/* Without JavaScript: search, answer, and a picture of the map that moves by links. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeAll, open } from './lib.mjs';

const { origin, places, browser } = await open();
after(closeAll);

const picture = (page) => page.getAttribute('#map input[type=image]', 'src');
test('a property is searched, chosen and answered', async () => {
  const { page, requests, close } = await browser({ javaScriptEnabled: false });
  await page.goto(`${origin}/?lang=sv`);
  assert.ok(!(await page.locator('#locate').isVisible()), 'a button that needs script is hidden');
  await page.fill('#q', places.property.label);
  await page.press('#q', 'Enter');
  const hit = page.locator('.results a', { hasText: places.property.label }).first();
  await hit.click();
  assert.match(await page.locator('main').textContent(), /[Dd]etaljplan|[Pp]lan/);
  assert.ok(await page.locator('.summary').count() > 0);
  assert.ok(requests.every((url) => url.startsWith(origin)));
  await close();
});

test('links move and zoom the picture', async () => {
  const { page, close } = await browser({ javaScriptEnabled: false });
  await page.goto(`${origin}/?lang=en`);
  for (const name of ['Move north', 'Move south', 'Move west', 'Move east', 'Zoom in',
    'Zoom out']) {
    const before = await picture(page);
    await page.getByRole('link', { name, exact: true }).click();
    const now = await picture(page);
    assert.notEqual(now, before, name);
    const answer = await fetch(origin + now);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    assert.ok((await answer.arrayBuffer()).byteLength > 500, name);
  }
  await close();
});

test('a press on the picture asks about that point', async () => {
  const { page, close } = await browser({ javaScriptEnabled: false });
  await page.goto(`${origin}/?lang=sv&x=618000&y=6928000&z=8`);
  await page.locator('#map input[type=image]').click({ position: { x: 420, y: 100 } });
  const [x, y] = new URL(page.url()).searchParams.get('point').split(',').map(Number);
  assert.ok(Math.abs(x - (618000 + (420.5 - 320) * 1.4)) < 2.9, `${x}`);
  assert.ok(Math.abs(y - (6928000 - (100.5 - 200) * 1.4)) < 2.9, `${y}`);
  assert.ok(await page.locator('#svar .summary').count() > 0);
  const asked = page.url();
  await page.getByRole('link', { name: 'Zooma in', exact: true }).click();
  assert.ok(page.url() !== asked && page.url().includes('point='), 'the question is kept');
  await close();
});

test('the theme is changed by a form that keeps the question', async () => {
  const { page, close } = await browser({ javaScriptEnabled: false });
  await page.goto(`${origin}/?lang=sv&point=${places.point.join(',')}`);
  await page.selectOption('#theme', 'cvd');
  await page.locator('.themes button').click();
  assert.match(await picture(page), /theme=cvd/);
  assert.ok(await page.locator('#svar .summary').count() > 0);
  await close();
});
