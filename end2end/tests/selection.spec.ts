// The list of delegates at the size of a fleet: rows of one line, selecting several, and going on from one decision to
// the next at the keyboard.

import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { axe, expect, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

/** Where pictures go, for people to look at. */
const PICTURES = process.env['MUSTER_SCREENSHOTS'];

const HOST = 'ip-10-0-1-57.eu-central-1.compute.internal';
const LONG = 'a-delegate-with-a-name-as-long-as-a-name-can-be-in-kubernetes-1';
const TAGS = Array.from({ length: 15 }, (_, at) => `region-eu-central-${at}`);

/** What of the table sticks out of the list's card, or is not of one line. */
async function misplaced(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const table = document.querySelector('table.delegates');
    const card = table?.closest('.card')?.getBoundingClientRect();
    if (!table || !card) return ['no table'];
    const wrong: string[] = [];
    for (const row of table.querySelectorAll('tbody tr.row')) {
      const height = row.getBoundingClientRect().height;
      if (Math.abs(height - 49) > 2) wrong.push(`a row of ${height} px`);
      for (const cell of row.querySelectorAll('td')) {
        const place = cell.getBoundingClientRect();
        if (place.width > 0 && (place.left < card.left - 1 || place.right > card.right + 1)) {
          wrong.push(`${cell.className} from ${place.left} to ${place.right}`);
        }
      }
      const menu = row.querySelector('summary')?.getBoundingClientRect();
      if (!menu || menu.width === 0 || menu.right > window.innerWidth) wrong.push('a menu out of view');
    }
    return wrong;
  });
}

test('rows are of one line, at every width', async ({ ui, page, client }) => {
  await ui.open('/profiles');
  await ui.createProfile({ name: 'careful', approval: true, selectors: 'production, eu-central-1' });
  for (let at = 0; at < 5; at += 1) {
    await client.join({
      delegateName: at === 0 ? LONG : `worker-${at}`,
      hostName: at % 2 ? HOST : `${'x'.repeat(200)}.example.com`,
      tags: TAGS,
      version: '24.03.82302',
      ...(at === 4 ? { delegateProfileId: 'careful' } : {}),
    });
  }
  await ui.open('/delegates');
  for (const width of [900, 1024, 1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await misplaced(page), `${width} px wide`).toEqual([]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, `${width} px wide`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(ui.row('worker-1').getByRole('link', { name: /13 more tags/ })).toHaveText('+13');
  await expect(ui.row('worker-1').getByText(HOST)).toHaveAttribute('title', `${HOST} – press to copy the host name`);
  // Who waits stands first.
  await expect(page.locator('tbody tr').first()).toContainText('worker-4');
  await expect(page.getByRole('navigation', { name: 'Status', exact: true })).toHaveText(/^Pending 1All but rejected 5/);
});

test('several are approved at once, with scripts', async ({ ui, page, client }) => {
  await ui.open('/profiles');
  await ui.createProfile({ name: 'careful', approval: true });
  for (let at = 0; at < 4; at += 1) {
    await client.join({ delegateName: `edge-${at}`, hostName: 'h', delegateProfileId: 'careful' });
  }
  await client.join({ delegateName: 'works', hostName: 'h' });
  await ui.open('/delegates');
  const bar = page.getByRole('form', { name: 'Selection' });
  await expect(bar).toBeHidden();
  await page.getByLabel('Select edge-1', { exact: true }).check();
  await expect(bar).toBeVisible();
  await axe(page);
  await page.getByLabel('Select all on this page').check();
  await expect(page.getByLabel('Select works', { exact: true })).toBeChecked();
  await page.getByLabel('Select edge-3', { exact: true }).uncheck();
  await expect(page.getByLabel('Select all on this page')).not.toBeChecked();

  const assertStayed = ui.stays();
  await bar.getByRole('button', { name: 'Approve…' }).click();
  await expect(ui.heading('Approve 3 delegates')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Left out: 1 delegate' })).toBeVisible();
  await axe(page);
  // One of them is decided on meanwhile.
  const [id] = (await page.locator('input[name=selected]').inputValue()).split(' ').slice(-1);
  const [delegate, seen] = (id ?? '').split(':');
  const answer = await page.request.post('/api/delegates/reject', {
    form: { id: delegate ?? '', seen: seen ?? '', note: '', back: '' },
    headers: { accept: 'application/json' },
  });
  expect(answer.ok()).toBe(true);
  await ui.button('Approve').click();
  await expect(page.getByRole('status').getByText('Approve: done for 2 delegates, not done for 1.')).toBeVisible();
  await expect(page.getByRole('table')).toContainText('was already rejected');
  await axe(page);
  assertStayed();
  await ui.button('Back to the list').click();
  await expect(ui.row('edge-3').getByRole('button', { name: 'Pending Approval' })).toBeVisible();
});

test('from one decision to the next at the keyboard', async ({ ui, page, client }) => {
  await ui.open('/profiles');
  await ui.createProfile({ name: 'careful', approval: true });
  for (const name of ['edge-1', 'edge-2']) {
    await client.join({ delegateName: name, hostName: 'h', delegateProfileId: 'careful' });
  }
  await ui.open('/delegates');
  const decide = (name: string) => ui.row(name).getByRole('button', { name: 'Pending Approval' });
  await decide('edge-2').press('Enter');
  await expect(ui.button('Approve')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(ui.button('Approve')).toBeHidden();
  await expect(decide('edge-2')).toBeFocused();
  await page.keyboard.press('Enter');
  await ui.button('Approve').press('Enter');
  await ui.says('edge-2 is approved.');
  await expect(decide('edge-1'), 'the next one').toBeFocused();
});

test('the search takes terms, and says which it does not know', async ({ ui, page, client }) => {
  await client.join({ delegateName: 'edge-1', hostName: 'h', tags: ['Frankfurt am Main'] });
  await client.join({ delegateName: 'edge-2', hostName: 'h', delegateType: 'KUBERNETES' });
  await ui.open('/delegates');
  const search = page.getByRole('searchbox', { name: 'Search' });
  await search.fill('tag:"Frankfurt am Main"');
  await expect(page.getByText('1 delegate', { exact: true })).toBeVisible();
  await expect(ui.row('edge-1')).toBeVisible();
  await search.fill('type:kubernetes status:connected');
  await expect(ui.row('edge-2')).toBeVisible();
  await expect(ui.row('edge-1')).toHaveCount(0);
  await search.fill('stauts:connected');
  await expect(page.getByRole('status').getByText('There is no filter “stauts:”.')).toBeVisible();
  await expect(page.getByText('No delegate matches')).toBeVisible();
  await axe(page);

  await ui.open('/delegates?q=edge-2');
  const download = page.waitForEvent('download');
  await page.locator('summary').getByText('Export').click();
  await page.getByRole('link', { name: 'As CSV' }).click();
  expect((await download).suggestedFilename()).toBe('delegates.csv');
});

test('pictures of a fleet', async ({ ui, page, client }) => {
  test.skip(!PICTURES, 'nobody looks at them');
  test.setTimeout(240_000);
  await ui.open('/profiles');
  await ui.createProfile({ name: 'production', approval: true, selectors: 'production, eu-central-1' });
  await ui.createProfile({ name: 'staging', selectors: 'staging' });
  const names = ['checkout-prod', 'data-dev', 'edge-staging', 'build-iad', 'worker'];
  const types = ['KUBERNETES', 'DOCKER', 'HELM_DELEGATE', 'SHELL_SCRIPT', 'ECS'];
  for (let at = 0; at < 60; at += 1) {
    const facts = {
      delegateName: `${names[at % 5]}-${at}`,
      hostName: `ip-10-0-${at % 7}-${at}.eu-west-1.compute.internal`,
      delegateType: types[at % 5] ?? '',
      version: at % 3 ? '24.03.82302' : '0.1.0',
      tags: at % 4 ? ['prod', `region-${at % 4}`] : TAGS,
      delegateProfileId: at % 20 === 7 ? 'production' : 'staging',
    };
    const id = await client.join(facts);
    if (at % 9 === 4) await client.unregister(id, facts);
  }
  for (let at = 0; at < 4; at += 1) await client.join({ delegateName: 'payments', hostName: `payments-${at}`, tags: ['pci'] });
  await client.join({ delegateName: LONG, hostName: `${'x'.repeat(120)}.example.com`, tags: ['linux'] });
  const take = async (name: string, width: number, colorScheme: 'light' | 'dark' = 'light') => {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(PICTURES ?? '', `fleet-${name}-${width}-${colorScheme}.png`), animations: 'disabled' });
  };
  await ui.open('/delegates');
  for (const width of [390, 1024, 1440, 1920, 1280]) await take('list', width);
  await take('list', 1280, 'dark');
  await page.getByRole('button', { name: 'Pending Approval' }).first().click();
  await expect(ui.button('Approve')).toBeVisible();
  await take('decision', 390, 'dark');
  await take('decision', 1280);
  await ui.open('/delegates?q=type:docker&status=connected&is=script-failed');
  await take('filtered', 1280);
  await ui.open('/delegates');
  await page.getByLabel('Select all on this page').check();
  await take('picked', 390);
  await page.setViewportSize({ width: 1280, height: 844 });
  await page.locator('tbody summary').nth(5).click();
  await take('picked', 1280);
  await ui.open('/selected/approve?all=1');
  await take('review', 390, 'dark');
  await take('review', 1280);
});
