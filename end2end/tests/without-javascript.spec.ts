// The same job in a browser without JavaScript: forms post, dialogs are pages, lists are loaded anew.

import { fact } from './support/console';
import { expect, noJsTest as test } from './support/fixtures';
import { ada } from './support/people';

test.use({ installation: 'fresh' });

test('the main job without JavaScript', async ({ server, ui, page, delegates }) => {
  test.setTimeout(120_000);
  const script = `#!/bin/sh\n${'echo "a line of a long script" # & < > \' </textarea>\n'.repeat(400)}`;

  await test.step('set-up and log-in', async () => {
    await ui.open('/');
    await ui.setUp('AAAA-AAAA', ada);
    await ui.refuses(ui.field('Setup code'), /This is not the setup code/);
    await expect(ui.field('Email')).toHaveValue(ada.email);
    await expect(ui.field('Password')).toHaveValue('');
    await ui.setUp(server.setupCode, ada);
    await expect(ui.heading('Delegates')).toBeVisible();

    await ui.logOut();
    await ui.open('/profiles');
    await ui.logIn({ ...ada, password: 'none of these words' });
    await expect(page.getByRole('alert')).toContainText('The email address or the password is wrong.');
    await expect(ui.field('Email')).toHaveValue(ada.email);
    await expect(ui.field('Password')).toHaveValue('');
    await ui.logIn(ada);
    await expect(ui.heading('Delegate Profiles')).toBeVisible();
  });

  await test.step('a token, whose value is shown once', async () => {
    await ui.go('Tokens');
    await ui.button('New Token').click();
    await ui.button('Generate New Token').click();
    await ui.refuses(ui.field('Name'), /must not be empty/);
    await ui.button('Cancel').click();
    await expect(page).toHaveURL(/\/tokens\??$/);
    const value = await ui.generateToken('plain');
    await expect(ui.dialog('New Token')).toContainText('You cannot retrieve the token value after this.');
    await ui.reload();
    await expect(ui.dialog('This value was shown before')).toBeVisible();
    expect(await page.content()).not.toContain(value);
    await ui.button('Close').click();
    await expect(ui.row('plain')).toContainText('Active');
  });

  await test.step('a profile, with an error on the way', async () => {
    const fields = { name: '', description: 'Asks first', script, approval: true, selectors: 'a, b' };
    await ui.go('Delegate Profiles');
    await ui.button('Add Delegate Profile').click();
    await ui.fillProfile(fields);
    await ui.button('Submit').click();
    await ui.refuses(ui.field('Name'), /must not be empty/);
    await expect(ui.field('Description')).toHaveValue('Asks first');
    await expect(ui.field('Startup Script')).toHaveValue(script);
    await expect(ui.field('Delegate Requires Approval')).toBeChecked();
    await expect(ui.field('Selectors')).toHaveValue('a, b');
    await ui.field('Name').fill('careful');
    await ui.button('Submit').click();
    await ui.says('Profile careful is created.');
    await page.getByRole('link', { name: 'careful', exact: true }).click();
    await expect(ui.field('Startup Script')).toHaveValue(script);
  });

  const setup = { profile: 'careful (requires approval)', token: 'plain' };
  const first = await delegates.unpack(await ui.downloadShellDelegate({ ...setup, name: 'plain-1' }));
  const second = await delegates.unpack(await ui.downloadShellDelegate({ ...setup, name: 'plain-2' }));

  await test.step('one is approved, one rejected and taken back', async () => {
    await first.start();
    await first.waitForLog(/waits for approval/);
    await second.start();
    await second.waitForLog(/waits for approval/);
    await ui.go('Delegates');
    const panel = await ui.decideOn('plain-1');
    const fingerprint = /key fingerprint (.+)$/m.exec(await first.log())?.[1] ?? 'none in the log';
    await expect(fact(panel, 'Key fingerprint')).toHaveText(fingerprint);
    await panel.getByRole('button', { name: 'Approve', exact: true }).click();
    await ui.says('plain-1 is activated.');
    await first.waitForLog(/approved and connected/);
    await ui.reload();
    await expect(ui.row('plain-1')).toContainText(/(?<!Not )Connected/);

    await ui.reject('plain-2');
    await second.waitForLog(/was rejected in the console/);
    await expect(ui.row('plain-2')).toHaveCount(0);
    await ui.field('Status').selectOption('Rejected');
    await ui.button('Apply').click();
    await expect(page).toHaveURL(/[?&]status=rejected/);
    await ui.button('Take back plain-2').click();
    await ui.says('plain-2 waits for approval again.');
  });

  await test.step('the token is revoked', async () => {
    await ui.revokeToken('plain');
    await ui.field('Show revoked tokens').check();
    await ui.button('Apply').click();
    await expect(ui.row('plain')).toContainText('Revoked');
    await first.waitForLog(/REVOKED_TOKEN/);
    await ui.go('Delegates');
    await expect(ui.row('plain-1')).toContainText('Not connected');
  });

  await test.step('both are deleted', async () => {
    for (const name of ['plain-1', 'plain-2']) {
      await ui.button(`Delete ${name}`).click();
      const dialog = ui.dialog(`Delete ${name}?`);
      await expect(dialog.getByText('./stop.sh', { exact: true })).toBeVisible();
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
      await ui.says(`${name} is deleted here.`);
      await expect(ui.row(name)).toHaveCount(0);
    }
    await expect(page.getByText('No delegates yet')).toBeVisible();
  });
});
