// A power cut at the worst moment: what was acknowledged is there afterwards, and everything goes on by itself.

import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';
import type { Muster } from './support/muster';

test.use({ installation: 'fresh', who: 'administrator' });

/** Kills the server as soon as it has acknowledged what `act` asks for. */
async function killOnceAcknowledged(server: Muster, page: Page, path: string, act: () => Promise<void>): Promise<void> {
  const acknowledged = page.waitForResponse(`**${path}`);
  await act();
  expect((await acknowledged).status()).toBeLessThan(400);
  await server.kill();
}

test('nothing that was acknowledged is lost by SIGKILL', async ({ server, ui, page, problems, delegates }) => {
  test.setTimeout(120_000);
  problems.allow(/net::ERR_/);
  await ui.open('/profiles');
  await ui.createProfile({ name: 'careful', approval: true });

  await test.step('a token is created', async () => {
    await ui.go('Tokens');
    await ui.button('New Token').click();
    const dialog = ui.dialog('New Token');
    await dialog.getByLabel('Name', { exact: true }).fill('durable');
    await killOnceAcknowledged(server, page, '/api/tokens/create', () =>
      dialog.getByRole('button', { name: 'Generate New Token' }).click(),
    );
    await server.restart();
    await ui.open('/tokens');
    await expect(ui.row('durable')).toContainText('Active');
  });

  const delegate = await delegates.unpack(
    await ui.downloadShellDelegate({ name: 'phoenix', profile: 'careful (requires approval)', token: 'durable' }),
  );

  await test.step('a delegate is approved', async () => {
    await ui.go('Delegates');
    await delegate.start();
    const panel = await ui.decideOn('phoenix');
    const approve = panel.getByRole('button', { name: 'Approve', exact: true });
    await killOnceAcknowledged(server, page, '/api/delegates/approve', () => approve.click());
    await delegate.waitForLog(/cannot be reached, retrying/);
    await expect(ui.live).toHaveText('reconnecting…');
    const assertStayed = ui.stays();
    await server.restart();
    await delegate.waitForLog(/connected again after \d+ s/, 90_000);
    await delegate.waitForLog(/the delegate is approved and connected/);
    await expect(ui.live).toHaveText('live');
    await expect(ui.row('phoenix')).toContainText(/(?<!Not )Connected/);
    assertStayed();
  });

  await test.step('a token is revoked', async () => {
    await ui.go('Tokens');
    await ui.choose('durable', 'Revoke');
    const confirm = ui.dialog('Revoke durable?').getByRole('button', { name: 'Revoke', exact: true });
    await killOnceAcknowledged(server, page, '/api/tokens/revoke', () => confirm.click());
    await server.restart();
    await ui.open('/tokens?revoked=1');
    await expect(ui.row('durable')).toContainText('Revoked');
    await ui.go('Delegates');
    await expect(ui.row('phoenix')).toContainText('Not connected');
    await delegate.waitForLog(/REVOKED_TOKEN/, 60_000);
  });
});

test('delegates that were connected come back by themselves', async ({ server, ui, problems, delegates }) => {
  test.setTimeout(120_000);
  problems.allow(/net::ERR_/);
  await ui.open('/delegates');
  const delegate = await delegates.unpack(await ui.downloadShellDelegate({ name: 'steady', token: 'default_token' }));
  await ui.go('Delegates');
  await delegate.start();
  await expect(ui.row('steady')).toContainText(/(?<!Not )Connected/);
  const pid = await delegate.pid();
  for (const outage of [1, 2]) {
    await server.kill();
    await expect(ui.live).toHaveText('reconnecting…');
    if (outage === 1) await delegate.waitForLog(/cannot be reached, retrying/);
    await server.restart();
    await expect(ui.live).toHaveText('live');
    await expect(ui.row('steady')).toContainText(/(?<!Not )Connected/);
    if (outage === 1) await delegate.waitForLog(/connected again after \d+ s/);
  }
  expect(await delegate.pid()).toBe(pid);
});
