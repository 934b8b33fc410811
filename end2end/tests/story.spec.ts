// The whole story, from the first start to the last deletion, with real delegates made from the downloaded bundle.

import type { Delegate } from './support/delegate';
import { fact } from './support/console';
import { expect, test } from './support/fixtures';
import { ada } from './support/people';

test.use({ installation: 'fresh', permissions: ['clipboard-read', 'clipboard-write'] });

test('the main job, end to end', async ({ server, ui, page, problems, delegates }) => {
  test.setTimeout(180_000);
  const careful = 'careful (requires approval)';
  let first!: Delegate;
  let second!: Delegate;
  let third!: Delegate;
  let late!: Delegate;
  let tokenValue = '';

  await test.step('1 · set-up, log out, log in, and a session that survives a restart', async () => {
    await ui.open('/');
    await expect(page).toHaveURL('/setup');
    await ui.setUp(server.setupCode, ada);
    await expect(page).toHaveURL('/');
    await expect(page.getByText('Your first delegate')).toBeVisible();

    await ui.logOut();
    await ui.open('/tokens');
    await expect(page).toHaveURL('/login?next=/tokens&ended=by-itself');
    await ui.logIn(ada);
    await expect(page).toHaveURL('/tokens');

    problems.allow(/ERR_(INCOMPLETE_CHUNKED_ENCODING|CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)/);
    await server.restart();
    await ui.reload();
    await expect(ui.heading('Tokens')).toBeVisible();
    await ui.open('/setup');
    await expect(page, 'nobody sets up twice').toHaveURL('/');
  });

  await test.step('2 · a new token, whose value is shown once', async () => {
    await ui.go('Tokens');
    await expect(ui.row('default_token')).toContainText('Active');
    tokenValue = await ui.generateToken('edge');
    const shown = page.url();
    const dialog = ui.dialog('New Token');
    await expect(dialog).toContainText('Save the new token value. You cannot retrieve the token value after this.');
    await expect(dialog.getByRole('status')).toContainText('in your clipboard');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(tokenValue);

    await ui.reload();
    await expect(ui.dialog('This value was shown before')).toBeVisible();
    expect(await page.content()).not.toContain(tokenValue);
    await ui.button('Close').click();
    await expect(ui.row('edge')).toContainText('Active');
    await expect(ui.row('edge')).toContainText(ada.email);
    await ui.open(shown);
    await expect(ui.dialog('This value was shown before')).toBeVisible();
    expect(await page.content()).not.toContain(tokenValue);
    await ui.button('Close').click();
  });

  await test.step('3 · a profile that requires approval', async () => {
    await ui.go('Delegate Profiles');
    await expect(ui.row('Primary')).toContainText('default');
    await ui.createProfile({ name: 'careful', description: 'Asks first', approval: true, selectors: 'production' });
    await expect(ui.row('careful')).toContainText('Required');
    await ui.createProfile({ name: 'open' });
    await expect(ui.row('open')).toContainText('Not required');
  });

  await test.step('4 · the install files of a shell delegate', async () => {
    const setup = { profile: careful, token: 'edge' };
    const archive = await ui.downloadShellDelegate({ ...setup, name: 'edge-1', tags: 'linux, frankfurt' });
    first = await delegates.unpack(archive);
    expect(await first.setting('delegateToken')).toBe(tokenValue);
    second = await delegates.unpack(await ui.downloadShellDelegate({ ...setup, name: 'edge-2' }));
    third = await delegates.unpack(await ui.downloadShellDelegate({ name: 'edge-3', profile: 'open', token: 'edge' }));
    late = await delegates.unpack(await ui.downloadShellDelegate({ name: 'edge-4', profile: 'open', token: 'edge' }));
  });

  await test.step('5 · it waits, and is approved', async () => {
    await ui.go('Delegates');
    await expect(ui.live).toHaveText('live');
    const assertStayed = ui.stays();
    expect(await first.start()).toContain('The delegate runs');
    const row = ui.row('edge-1');
    await expect(row.getByRole('button', { name: 'Pending Approval' })).toBeVisible();
    await expect(row).toContainText('careful');
    await expect(row).toContainText('Shell Script');
    await expect(row).toContainText('frankfurt');
    await expect(row.getByLabel('1 more tag: production')).toBeVisible();
    await first.waitForLog(/waits for approval/);

    const panel = await ui.decideOn('edge-1');
    const fingerprint = /key fingerprint (.+)$/m.exec(await first.log())?.[1] ?? 'none in the log';
    await expect(fact(panel, 'Key fingerprint')).toHaveText(fingerprint);
    await expect(fact(panel, 'Type')).toHaveText('Shell Script');
    await expect(fact(panel, 'Profile')).toHaveText('careful');
    await expect(fact(panel, 'Token')).toHaveText('edge');
    for (const name of ['Host name', 'Address', 'Stated address', 'Version', 'First seen', 'Last heartbeat']) {
      await expect(fact(panel, name)).not.toHaveText(/^(none)?$/);
    }
    await panel.getByRole('button', { name: 'Approve', exact: true }).click();
    await ui.says('edge-1 is approved.');
    await expect(row).toContainText('Connected');
    await expect(row.getByRole('button', { name: 'Pending Approval' })).toHaveCount(0);
    await first.waitForLog(/the delegate is approved and connected/);
    assertStayed();
  });

  await test.step('6 · a second one is rejected, and stays so until that is taken back', async () => {
    await second.start();
    await second.waitForLog(/waits for approval/);
    const pid = await second.pid();
    await ui.reject('edge-2');
    await expect(ui.row('edge-2')).toHaveCount(0);
    await second.waitForLog(/was rejected in the console/);
    expect(await second.pid(), 'its process runs on').toBe(pid);

    await second.stop();
    expect(await second.isRunning()).toBe(false);
    await second.start();
    await expect
      .poll(async () => (await second.log()).match(/was rejected in the console/g)?.length, { timeout: 15_000 })
      .toBe(2);
    await ui.reload();
    await expect(ui.row('edge-1')).toBeVisible();
    await expect(ui.row('edge-2')).toHaveCount(0);

    await ui.tab('Rejected');
    await expect(page).toHaveURL('/delegates?status=rejected');
    await expect(ui.row('edge-2')).toContainText('Rejected');
    await expect(ui.row('edge-1')).toHaveCount(0);
    await ui.button('Take back edge-2').click();
    await ui.says('edge-2 waits for approval again.');
    await ui.open('/delegates');
    await expect(ui.row('edge-2').getByRole('button', { name: 'Pending Approval' })).toBeVisible();
    await ui.reject('edge-2');
  });

  await test.step('7 · a third one needs no approval, also once its profile asks for it', async () => {
    await third.start();
    await expect(ui.row('edge-3')).toContainText('Connected');
    await third.waitForLog(/the delegate is connected/);

    await ui.editProfile('open');
    await expect(page.getByText('1 delegate runs its script.')).toBeVisible();
    await expect(ui.field('Delegate Requires Approval')).toHaveAccessibleDescription(/no effect on registered ones/);
    await ui.field('Delegate Requires Approval').selectOption('require');
    await ui.button('Save without running').click();
    await ui.says('Profile open is saved.');
    await expect(fact(page.getByRole('main'), 'Approval')).toHaveText('Required');

    await ui.go('Delegates');
    await expect(ui.row('edge-3')).toContainText('Connected');
    await third.stop();
    await expect(ui.row('edge-3')).toContainText('Not connected');
    await third.start();
    await expect(ui.row('edge-3')).toContainText(/(?<!Not )Connected/);
    expect(await third.log()).not.toContain('waits for approval');
  });

  await test.step('8 · the token is revoked, and all its delegates are cut off', async () => {
    await ui.go('Tokens');
    await expect(ui.row('edge').getByRole('link', { name: '2 connected' })).toBeVisible();
    await ui.choose('edge', 'Revoke');
    const dialog = ui.dialog('Revoke edge?');
    for (const name of ['edge-1', 'edge-2', 'edge-3']) await expect(dialog).toContainText(name);
    await expect(dialog).toContainText('3 delegates use it');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await ui.says('Token edge is revoked.');
    await expect(ui.row('edge')).toHaveCount(0);
    await ui.field('Show revoked tokens').check();
    await expect(ui.row('edge')).toContainText('Revoked');

    await ui.go('Delegates');
    await expect(ui.row('edge-1')).toContainText('Not connected');
    await expect(ui.row('edge-3')).toContainText('Not connected');
    for (const delegate of [first, third]) {
      await delegate.waitForLog(/the delegate token was revoked.*delegateToken in config-delegate\.yml.*REVOKED_TOKEN/);
    }
    await expect(ui.row('edge-1')).toContainText('token revoked');
    await expect(ui.row('edge-1')).toContainText('refused');

    await late.start();
    await late.waitForLog(/REVOKED_TOKEN/);
    await ui.reload();
    await expect(ui.row('edge-1')).toBeVisible();
    await expect(ui.row('edge-4')).toHaveCount(0);
  });

  await test.step('9 · with a new token the same delegate is back, unasked', async () => {
    await page.getByRole('link', { name: 'edge-1', exact: true }).click();
    await expect(ui.heading('edge-1')).toBeVisible();
    const detail = page.url();
    const value = await ui.createToken('edge-next');
    await ui.open(detail);
    await expect(page.getByRole('main')).toContainText('Not connected');
    const assertStayed = ui.stays();
    await first.setToken(value);
    expect(await first.stop()).toContain('The delegate has stopped.');
    await first.start();
    await first.waitForLog(/the delegate is connected/);
    await expect(page.getByRole('main')).toContainText(/(?<!Not )Connected/);
    await expect(fact(page.getByRole('main'), 'Token')).toHaveText('edge-next');
    await expect(fact(page.getByRole('main'), 'Decision')).toContainText(`Approved by ${ada.email}`);
    await expect(page.getByRole('table').first()).toContainText('token revoked');
    assertStayed();
    expect((await first.log()).match(/waits for approval/g), 'it waited once, at first').toHaveLength(1);
    await ui.go('Delegates');
    await expect(ui.row('edge-1')).toHaveCount(1);
  });

  await test.step('10 · delegates are deleted, a registered one and one that waits', async () => {
    await ui.choose('edge-1', 'Delete');
    const registered = ui.dialog('Delete edge-1?');
    await expect(registered).toContainText('leaves the list for good');
    await expect(registered.getByText('./stop.sh', { exact: true })).toBeVisible();
    await registered.getByRole('button', { name: 'Delete', exact: true }).click();
    await ui.says('edge-1 is deleted here. Stop it in your infrastructure, too.');
    await expect(ui.row('edge-1')).toHaveCount(0);
    await first.waitForLog(/was deleted in the console/);

    const setup = { name: 'edge-5', profile: careful, token: 'edge-next' };
    const fifth = await delegates.unpack(await ui.downloadShellDelegate(setup));
    await ui.go('Delegates');
    await fifth.start();
    await expect(ui.row('edge-5').getByRole('button', { name: 'Pending Approval' })).toBeVisible();
    await ui.choose('edge-5', 'Delete');
    const waiting = ui.dialog('Delete edge-5?');
    await expect(waiting.getByText('./stop.sh', { exact: true })).toBeVisible();
    await waiting.getByRole('button', { name: 'Delete', exact: true }).click();
    await ui.says('edge-5 is deleted here.');
    await expect(ui.row('edge-5')).toHaveCount(0);
    await fifth.waitForLog(/was deleted in the console/);
    await expect.poll(() => fifth.isRunning()).toBe(false);
  });
});
