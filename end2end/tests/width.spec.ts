// Rows keep their buttons in sight, however long the names in them are.

import { expect, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

const long = `${'edge-frankfurt-'.repeat(4)}001`;

for (const width of [390, 1280]) {
  test(`u5 Revoke stays in sight at ${width} px`, async ({ ui, page, client }) => {
    expect(long).toHaveLength(63);
    await client.join({ delegateName: long, hostName: 'ip-10-0-0-1.eu-central-1.compute.internal' });
    await page.setViewportSize({ width, height: 900 });
    await ui.open('/tokens');
    await expect(ui.row('default_token')).toContainText(long);
    for (const name of ['Rotate default_token', 'Revoke default_token']) {
      const box = await ui.button(name).boundingBox();
      const card = await page.locator('.card').first().boundingBox();
      expect(box, name).not.toBeNull();
      expect(card).not.toBeNull();
      if (!box || !card) continue;
      expect(box.x, name).toBeGreaterThanOrEqual(card.x);
      expect(box.x + box.width, name).toBeLessThanOrEqual(card.x + card.width);
    }
    const scrolls = await page.locator('.card').first().evaluate((card) => card.scrollWidth - card.clientWidth);
    expect(scrolls, 'nothing is outside of the card').toBeLessThanOrEqual(0);
  });
}
