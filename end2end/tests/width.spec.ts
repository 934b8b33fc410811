// Rows keep their buttons in sight, however long the names in them are.

import type { Locator } from '@playwright/test';
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
    const card = await page.locator('.card').first().boundingBox();
    const inside = async (what: Locator) => {
      const box = await what.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(card?.x ?? Infinity);
      expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual((card?.x ?? 0) + (card?.width ?? 0));
    };
    const menu = page.locator('summary[aria-label="Actions for default_token"]');
    await inside(menu);
    await menu.click();
    for (const name of ['Rotate', 'Revoke']) await inside(page.getByRole('link', { name, exact: true }));
    await menu.click();
    const scrolls = await page.locator('.card').first().evaluate((card) => card.scrollWidth - card.clientWidth);
    expect(scrolls, 'nothing is outside of the card').toBeLessThanOrEqual(0);
  });
}
