// The first start: alive, ready, and waiting for its first administrator.

import { expect, noJsTest, test } from './support/fixtures';
import { Muster, freePort } from './support/muster';

test('is alive and ready', async ({ request }) => {
  expect((await request.get('/healthz')).status()).toBe(200);
  expect((await request.get('/readyz')).status()).toBe(200);
});

test('tells its metrics where it is asked to, and nowhere else', async ({ request, postgresUrl }) => {
  const address = `127.0.0.1:${await freePort()}`;
  const muster = await Muster.start({ postgresUrl, env: { MUSTER_METRICS_LISTEN: address } });
  try {
    const metrics = async () => {
      const answer = await request.get(`http://${address}/metrics`);
      expect(answer.status()).toBe(200);
      expect(answer.headers()['content-type']).toContain('text/plain; version=0.0.4');
      return await answer.text();
    };
    const probes = async () => Number(/^muster_http_requests_total\{.*"health",answer="2xx"\} (\d+)$/m.exec(await metrics())?.[1]);
    const before = await probes();
    await request.get(`${muster.url}/healthz`);
    expect(await probes()).toBe(before + 1);
    expect(await metrics()).toMatch(/^muster_connections [1-9]/m);
    for (const path of ['/', '/delegates', '/api/tokens/create']) {
      expect((await request.get(`http://${address}${path}`)).status()).toBe(404);
    }
    expect(await (await request.get(`${muster.url}/metrics`)).text()).not.toContain('muster_http_requests');
  } finally {
    await muster.finish();
  }
});

for (const [how, variant] of [['with', test], ['without', noJsTest]] as const) {
  variant(`leads the first visitor to the setup, ${how} JavaScript`, async ({ page, hydrated, postgresUrl }) => {
    // An installation of its own: in the worker's, another test may have set up the administrator.
    const muster = await Muster.start({ postgresUrl });
    try {
      await page.goto(muster.url);
      await expect(page).toHaveURL(`${muster.url}/setup`);
      await hydrated(page);
      expect(muster.setupCode).not.toBe('');
    } finally {
      await page.goto('about:blank');
      await muster.finish();
    }
  });
}
