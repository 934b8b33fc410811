// The first start: alive, ready, and waiting for its first administrator.

import { expect, noJsTest, test } from './support/fixtures';
import { Muster } from './support/muster';

test('is alive and ready', async ({ request }) => {
  expect((await request.get('/healthz')).status()).toBe(200);
  expect((await request.get('/readyz')).status()).toBe(200);
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
