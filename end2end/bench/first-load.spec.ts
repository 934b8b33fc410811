// How long the first load of a page takes on a slow connection: what `cargo xtask bench first-load` prints.

import type { Page } from '@playwright/test';
import { test } from '../tests/support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

/** Slow 4G, as Lighthouse simulates it: 150 ms to and fro, 1.6 Mbit/s. */
const SLOW_4G = { latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, offline: false };
const TIMES = 5;
const GOAL_MS = 1000;

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** When the page was to be read, and when it was lively: in milliseconds after it was asked for. */
async function load(page: Page, path: string): Promise<{ read: number; lively: number; bytes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  await session.send('Network.emulateNetworkConditions', SLOW_4G);
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(path, { waitUntil: 'commit' });
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  const times = await page.evaluate(() => ({
    read: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    lively: performance.getEntriesByName('muster-lively')[0]?.startTime ?? NaN,
  }));
  await session.detach();
  return { ...times, bytes };
}

test('first load on slow 4G', async ({ browser, client, contextOptions, server }) => {
  test.setTimeout(120_000);
  for (let at = 1; at <= 25; at += 1) await client.join({ delegateName: `edge-${at}`, hostName: `host-${at}` });
  for (const path of ['/delegates', '/tokens', '/install/kubernetes']) {
    const loads = [];
    for (let time = 0; time < TIMES; time += 1) {
      const context = await browser.newContext({ ...contextOptions, baseURL: server.url });
      loads.push(await load(await context.newPage(), path));
      await context.close();
    }
    const [read, lively] = [median(loads.map((one) => one.read)), median(loads.map((one) => one.lively))];
    const kilobytes = Math.round((loads[0]?.bytes ?? NaN) / 1000);
    const shown = `${path}, first load on slow 4G | interactive after ${lively.toFixed(0)} ms`;
    const beside = `to be read after ${read.toFixed(0)} ms; ${kilobytes} kB`;
    console.log(`| ${shown} | ${beside} | ≤ ${GOAL_MS} ms | ${lively <= GOAL_MS ? 'yes' : 'no'} |`);
  }
});
