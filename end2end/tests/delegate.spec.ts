// The delegate as a process: small, and gone at once when it is told to go.

import { basename, dirname } from 'node:path';
import { expect, test } from './support/fixtures';
import { fact } from './support/console';
import { Muster } from './support/muster';

test.use({ who: 'administrator' });

/** A build for development is several times as large, and nobody runs it. */
const isRelease = basename(dirname(Muster.binary)) !== 'debug';

test('it is small, and says goodbye', async ({ ui, page, delegates }) => {
  await ui.open('/delegates');
  const delegate = await delegates.unpack(
    await ui.downloadShellDelegate({ name: 'small', token: 'default_token', description: 'At the "edge": #1' }),
  );
  await ui.go('Delegates');
  await delegate.start();
  await delegate.waitForLog(/the delegate is connected/);
  await expect(ui.row('small')).toContainText(/(?<!Not )Connected/);
  if (isRelease) {
    await expect.poll(() => delegate.rssKb(), { message: 'resident memory in kB' }).toBeLessThan(12 * 1024);
  }

  await page.getByRole('link', { name: 'small', exact: true }).click();
  const main = page.getByRole('main');
  await expect(fact(main, 'Description')).toHaveText('At the "edge": #1');
  await expect(fact(main, 'Heartbeat interval')).toHaveText('10 s');
  await expect(fact(main, 'Decision')).toHaveText('none was needed');

  process.kill(await delegate.pid(), 'SIGTERM');
  await expect.poll(() => delegate.isRunning(), { intervals: [50], timeout: 2_000 }).toBe(false);
  // Well below the half minute after which a delegate that only fell silent is given up.
  await expect(main).toContainText('Not connected', { timeout: 3_000 });
  await expect(page.getByRole('table').first()).toContainText('stopped');
  expect(await delegate.log()).toContain('has stopped');
});

test('its scripts can be run twice', async ({ ui, delegates }) => {
  await ui.open('/delegates');
  const delegate = await delegates.unpack(await ui.downloadShellDelegate({ name: 'twice', token: 'default_token' }));
  expect(await delegate.stop()).toContain('The delegate does not run.');
  await delegate.start();
  const pid = await delegate.pid();
  expect(await delegate.start()).toContain(`already runs (process ${pid})`);
  expect(await delegate.pid()).toBe(pid);
  expect(await delegate.stop()).toContain('The delegate has stopped.');
  expect(await delegate.isRunning()).toBe(false);
});

test('it is disabled and enabled without touching its token', async ({ ui, page, delegates }) => {
  await ui.open('/delegates');
  const delegate = await delegates.unpack(await ui.downloadShellDelegate({ name: 'paused', token: 'default_token' }));
  await delegate.start();
  await ui.go('Delegates');
  await expect(ui.row('paused')).toContainText(/(?<!Not )Connected/);
  await page.getByRole('link', { name: 'paused', exact: true }).click();
  const main = page.getByRole('main');
  await ui.button('Disable').click();
  const dialog = ui.dialog('Disable paused?');
  await dialog.getByLabel('Note (optional)').fill('Its host moves');
  await dialog.getByRole('button', { name: 'Disable', exact: true }).click();
  await ui.says('paused is disabled');
  await expect(fact(main, 'Disabled')).toContainText('Its host moves');
  await delegate.waitForLog(/was disabled in the console: it does nothing/);
  const pid = await delegate.pid();

  await ui.open('/delegates?status=disabled');
  await expect(ui.row('paused')).toContainText('Disabled');
  await ui.button('Enable paused').click();
  await ui.says('paused is enabled');
  expect(await delegate.pid(), 'its process runs on').toBe(pid);
  // It would ask again within a minute; started again it asks at once.
  await delegate.stop();
  await delegate.start();
  await ui.open('/delegates');
  await expect(ui.row('paused')).toContainText(/(?<!Not )Connected/);
});

test('a run is cancelled, and the log of the next one searched', async ({ ui, page, delegates }) => {
  test.setTimeout(120_000);
  await ui.open('/profiles');
  const script = ['#!/bin/bash', 'seq -f "line %g of it" 60', '[ -e quick ] || { touch quick; sleep 600; }', 'exit 3'];
  await ui.createProfile({ name: 'long', approval: true, script: script.join('\n') });
  const delegate = await delegates.unpack(
    await ui.downloadShellDelegate({ name: 'runner', profile: 'long (requires approval)', token: 'default_token' }),
  );
  await delegate.start();
  await delegate.waitForLog(/waits for approval/);
  await ui.go('Delegates');
  await page.getByRole('link', { name: 'runner', exact: true }).click();
  const main = page.getByRole('main');
  await ui.field('Note (optional)').fill('As agreed');
  await ui.button('Approve').click();
  await expect(fact(main, 'Decision')).toContainText('As agreed');

  await expect(page.getByText('line 60 of it')).toBeVisible({ timeout: 20_000 });
  await ui.button('Cancel run').click();
  await expect(fact(main, 'Outcome')).toHaveText('Cancelled', { timeout: 20_000 });
  await delegate.waitForLog(/was cancelled in the console/);
  await ui.button('Run again').click();
  await expect(fact(main, 'Outcome')).toHaveText('Failed with exit code 3', { timeout: 20_000 });
  await expect(main.getByRole('link', { name: 'Script failed' })).toBeVisible();

  await ui.field('Search the log').fill('LINE 5');
  await expect(page.getByText('11 lines have that:')).toBeVisible();
  await page.getByRole('link', { name: 'Line 55', exact: true }).click();
  await expect(page.locator('.line.marked')).toHaveText('line 55 of it');
  await page.getByRole('link', { name: /^Show the run of/ }).click();
  await expect(fact(main, 'Outcome')).toHaveText('Cancelled');
});
