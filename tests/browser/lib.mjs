/**
 * What the browser tests share: a server over the sample municipality, a fresh Chromium,
 * and places of the sample to ask about. Environment: PK_PLANKARTA (program), PK_SAMPLE
 * (folder of make_sample.sh), PK_TEST_NODE (folder with node_modules), PK_CHROMIUM.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(`${process.env.PK_TEST_NODE}/package.json`);
const { chromium } = require('playwright-core');
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const START_MS = 30000;

/** Starts the server on a free port; gives its address and how to end it. */
async function startServer(more) {
  const sample = process.env.PK_SAMPLE;
  const child = spawn(
    process.env.PK_PLANKARTA,
    ['serve', '--config', join(sample, 'files/plankarta.conf'),
      '--db', join(sample, 'sample.sqlite'), '--listen', '127.0.0.1:0', ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const origin = await new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error('the server did not start')), START_MS);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (bytes) => {
      text += bytes;
      const found = /listening on (http:\/\/\S+)/.exec(text);
      if (found) {
        clearTimeout(late);
        resolve(found[1]);
      }
    });
  });
  const end = () => new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
  return { origin, end };
}

/** A plan, a property and points of the sample, found by asking the server. */
async function findPlaces(origin) {
  const answer = await fetch(`${origin}/search?q=1:1&limit=5&kinds=property&f=json`);
  const property = (await answer.json()).results[0];
  const html = await (await fetch(`${origin}/?lang=sv`)).text();
  const plan = /href="(\/plan\/[0-9a-f-]+)[^"]*">([^<]*)</.exec(html);
  assert.ok(property && plan, 'the sample has a property 1:1 and a plan');
  return { property, plan: plan[1], planName: plan[2], point: property.point };
}

const cleanups = [];

/** Everything a test needs; `more` are arguments for `serve`. closeAll() ends it. */
export async function open(more = []) {
  const server = await startServer(more);
  cleanups.push(server.end);
  const { origin } = server;
  const places = await findPlaces(origin);

  /** A fresh browser with one page. `requests` collects every address it asks for. */
  async function browser(options = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'plankarta-chromium-'));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: process.env.PK_CHROMIUM || '/usr/bin/chromium',
      headless: true,
      viewport: { width: 1280, height: 800 },
      args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic',
        '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync'],
      ...options,
    });
    const page = context.pages()[0];
    const requests = [];
    const complaints = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        complaints.push(message.text());
      }
    });
    const close = async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    };
    cleanups.unshift(close);
    return { page, context, requests, complaints, close };
  }
  return { origin, places, browser };
}

export async function closeAll() {
  for (const clean of cleanups.splice(0)) {
    await clean();
  }
}

/** The map page, with its script at work. */
export async function openMap(page, url) {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForSelector('#viewport canvas', { state: 'attached' });
  await page.waitForTimeout(800);
}

/** Collects what the status line says from now on; a cleared line is no message. */
export async function watchStatus(page) {
  await page.evaluate(() => {
    window.said = [];
    const line = document.getElementById('status');
    new MutationObserver(() => {
      if (line.textContent) {
        window.said.push(line.textContent);
      }
    }).observe(line, { childList: true, characterData: true, subtree: true });
  });
  return {
    all: () => page.evaluate(() => window.said),
    async clear() {
      await page.evaluate(() => { window.said.length = 0; });
    },
  };
}

/** Everything that can be pressed or typed into, seen by a person. */
export const TARGETS = 'a[href], button, input:not([type=hidden]), select, [tabindex="0"]';
