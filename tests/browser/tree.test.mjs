/* The accessibility tree: one named map, and no control without a name. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeAll, open, openMap } from './lib.mjs';

const { origin, places, browser } = await open();
after(closeAll);

const ROLES = ['button', 'link', 'textbox', 'searchbox', 'combobox', 'listbox', 'checkbox',
  'radio', 'slider', 'application', 'region', 'navigation', 'image', 'img'];

async function tree(context, page) {
  const session = await context.newCDPSession(page);
  await session.send('Accessibility.enable');
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value, name: node.name?.value || '',
    focusable: (node.properties || []).some((p) => p.name === 'focusable' && p.value.value),
  }));
}

for (const [lang, name] of [['sv', 'Karta över planer'], ['en', 'Map of plans']]) {
  test(`exactly one map with a name, nothing unnamed (${lang})`, async () => {
    const { page, context, close } = await browser();
    await openMap(page, `${origin}/?lang=${lang}&point=${places.point.join(',')}`);
    const nodes = await tree(context, page);
    const maps = nodes.filter((node) => node.role === 'group' && node.focusable);
    assert.deepEqual(maps.map((map) => map.name), [name]);
    const unnamed = nodes.filter((node) => ROLES.includes(node.role) && !node.name.trim());
    assert.deepEqual(unnamed, []);
    assert.equal(nodes.filter((node) => node.role === 'application').length, 0);
    assert.equal(nodes.filter((node) => node.role === 'status').length, 1);
    assert.equal(nodes.filter((node) => node.role === 'main').length, 1);
    await close();
  });
}

test('each link of the list tells its plan from the others', async () => {
  const { page, close } = await browser();
  await openMap(page, `${origin}/?lang=sv`);
  const texts = await page.locator('#lista a').allTextContents();
  assert.ok(texts.length > 5, `${texts.length} links`);
  assert.equal(new Set(texts).size, texts.length);
  await close();
});
