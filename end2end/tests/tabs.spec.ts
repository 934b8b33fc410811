// Many tabs of one browser: over HTTP/1.1 it opens six connections to a server, and streams hold theirs.

import type { Page } from '@playwright/test';
import { Console } from './support/console';
import { expect, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

test('b16 nine tabs share one stream, and every one of them works', async ({ ui, page, secrets, hydrated }) => {
  const streams = new Map<object, Page>();
  const open = () => [...streams.values()].filter((of) => !of.isClosed()).length;
  page.context().on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/events') streams.set(request, request.frame().page());
  });
  page.context().on('requestfinished', (request) => streams.delete(request));
  page.context().on('requestfailed', (request) => streams.delete(request));

  const tabs = [ui];
  await ui.open('/tokens');
  while (tabs.length < 9) {
    const tab = new Console(await page.context().newPage(), secrets, hydrated);
    await tab.open('/tokens');
    tabs.push(tab);
  }
  for (const tab of tabs) await expect(tab.live).toHaveText('live');
  await expect.poll(open).toBe(1);

  const last = tabs[8] ?? ui;
  await last.createToken('ninth');
  for (const tab of tabs) await expect(tab.row('ninth')).toContainText('Active');

  // The one that leads is closed: another one takes over, and nothing is missed.
  await page.close();
  await last.revokeToken('ninth');
  const rest = tabs.slice(1);
  for (const tab of rest) await expect(tab.row('ninth')).toHaveCount(0);
  await rest[0]?.createToken('later');
  for (const tab of rest) await expect(tab.row('later')).toContainText('Active');
  await expect.poll(open).toBe(1);
  for (const tab of rest) await expect(tab.live).toHaveText('live');
});

test('b16 a tab that is hidden has no stream, and looks again when it is seen', async ({ ui, page, another }) => {
  const hide = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await ui.open('/tokens');
  await expect(ui.live).toHaveText('live');
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/events'));
  await hide(true);
  await failed;
  const other = await another();
  await other.open('/tokens');
  await other.createToken('meanwhile');
  await expect(ui.row('meanwhile')).toHaveCount(0);
  await hide(false);
  await expect(ui.row('meanwhile')).toContainText('Active');
  await expect(ui.live).toHaveText('live');
});

test('b16 a button whose answer does not come says so after ten seconds', async ({ ui, page, problems }) => {
  problems.allow(/net::ERR_/);
  await page.clock.install();
  await ui.open('/tokens');
  await ui.button('New Token').click();
  const dialog = ui.dialog('New Token');
  await dialog.getByLabel('Name', { exact: true }).fill('slow');
  await page.route('**/api/tokens/create', () => {});
  await dialog.getByRole('button', { name: 'Generate New Token' }).click();
  await expect(dialog.getByRole('button', { name: /Generat/ })).toBeDisabled();
  await page.clock.fastForward(11_000);
  await expect(dialog.getByRole('alert')).toContainText('Muster has not answered for 10 seconds.');
  await expect(dialog.getByRole('button', { name: 'Generate New Token' })).toBeEnabled();
  await page.unroute('**/api/tokens/create');
  await dialog.getByRole('button', { name: 'Generate New Token' }).click();
  await ui.takeToken();
});
