// The first page and the search over everything: how few presses lead somebody to what matters who never was here.

import type { Client } from './support/client';
import { axe, expect, noJsTest, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

const facts = (delegateName: string, more: object = {}) => ({ delegateName, hostName: `${delegateName}-host`, ...more });

/** Three delegates that are lost, one that is approved, one that waits. */
async function fleet(client: Client) {
  for (const name of ['lost-1', 'lost-2', 'lost-3']) {
    await client.unregister(await client.join(facts(name)), facts(name));
  }
  await client.join(facts('edge-fra-2', { delegateProfileId: 'careful' }));
}

test('the first page answers what an administrator asks first', async ({ ui, page, client }) => {
  await ui.open('/profiles');
  await ui.createProfile({ name: 'careful', approval: true });
  await fleet(client);
  await ui.go('Delegates');
  await ui.approve('edge-fra-2');
  await ui.go('Overview');
  const part = (name: string) => page.getByRole('main').locator('section').filter({ has: ui.heading2(name) });

  await test.step('who was lost today: no press', async () => {
    for (const name of ['lost-1', 'lost-2', 'lost-3']) {
      await expect(part('Lost in the last day').getByRole('link', { name })).toBeVisible();
    }
    await page.getByRole('link', { name: /^Lost in the last day/ }).click();
    await expect(ui.heading('Delegates')).toBeVisible();
    await expect(page.getByText('edge-fra-2')).toHaveCount(0);
    await page.goBack();
  });

  await test.step('who approved edge-fra-2, with which key: no press', async () => {
    const line = part('Latest decisions').getByRole('listitem').filter({ hasText: 'edge-fra-2' });
    await expect(line).toContainText('approved by ada');
    await expect(line).toContainText(/key none|fingerprint \S+/);
  });

  await test.step('it is live', async () => {
    const waiting = page.getByRole('link', { name: /^Waiting for approval/ });
    await expect(waiting).toContainText('0');
    await client.join(facts('new-one', { delegateProfileId: 'careful' }));
    await expect(waiting).toContainText('1');
    await waiting.click();
    await expect(ui.row('new-one')).toBeVisible();
  });
});

test('the palette finds everything by keys alone, and gives the focus back', async ({ ui, page, client }) => {
  await client.join(facts('edge-fra-2'));
  await ui.open('/tokens');
  const assertStayed = ui.stays();
  const palette = ui.dialog('Search everything');
  const field = palette.getByRole('searchbox');
  const link = page.getByRole('link', { name: 'Search everything' });

  await link.focus();
  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await expect(palette.getByRole('link', { name: 'Download Delegate' })).toBeVisible();
  await axe(page);
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await expect(link).toBeFocused();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('edge-fra');
  const hit = palette.getByRole('link', { name: /edge-fra-2/ });
  await expect(hit).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(hit).toBeFocused();
  await axe(page);
  // Typing goes on in the field.
  await page.keyboard.type('x');
  await expect(field).toBeFocused();
  await page.keyboard.press('Backspace');
  await expect(hit).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(field).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(ui.heading('edge-fra-2')).toBeVisible();
  await expect(palette).toBeHidden();

  await link.click();
  await field.fill('new secr');
  await palette.getByRole('link', { name: 'Add Secret' }).click();
  await expect(ui.dialog('Add Secret')).toBeVisible();
  // A dialog keeps its keys.
  await page.keyboard.press('Control+k');
  await expect(palette).toBeHidden();
  assertStayed();
});

noJsTest.describe('without scripts', () => {
  noJsTest.use({ installation: 'fresh', who: 'administrator' });

  noJsTest('everything is searched on a page', async ({ page }) => {
    await page.goto('/tokens');
    await page.getByRole('link', { name: 'Search everything' }).click();
    await page.getByRole('searchbox', { name: 'Search everything' }).fill('default');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(page.getByRole('main').getByRole('link', { name: 'default_token' })).toBeVisible();
  });
});
