// The same job in a browser without JavaScript: forms post, dialogs are pages, lists are loaded anew.

import type { Locator } from '@playwright/test';
import { fact } from './support/console';
import { expect, noJsTest as test } from './support/fixtures';
import { ada } from './support/people';
import { ScriptBlock, reference } from './support/scripts';

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
    await expect(ui.heading('Overview')).toBeVisible();

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
    // A page without scripts cannot say that it has arrived: for a few minutes the same browser may look again.
    await ui.reload();
    await expect(ui.dialog('New Token').getByLabel('Token value')).toHaveValue(value);
    await ui.button('I have saved it').click();
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
    await expect(ui.field('Delegate Requires Approval')).toHaveValue('require');
    await expect(ui.field('Selectors')).toHaveValue('a, b');
    await ui.field('Name').fill('careful');
    await ui.button('Submit').click();
    await ui.says('Profile careful is created.');
    await ui.editProfile('careful');
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
    await ui.says('plain-1 is approved.');
    await first.waitForLog(/approved and connected/);
    await ui.reload();
    await expect(ui.row('plain-1')).toContainText(/(?<!Not )Connected/);

    await ui.reject('plain-2');
    await second.waitForLog(/was rejected in the console/);
    await expect(ui.row('plain-2')).toHaveCount(0);
    await ui.tab('Rejected');
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
      await ui.choose(name, 'Delete');
      const dialog = ui.dialog(`Delete ${name}?`);
      await expect(dialog.getByText('./stop.sh', { exact: true })).toBeVisible();
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
      await ui.says(`${name} is deleted here.`);
      await expect(ui.row(name)).toHaveCount(0);
    }
    await expect(page.getByText('No delegates yet')).toBeVisible();
  });
});

test.describe('inside', () => {
  test.use({ who: 'administrator' });

  test('secrets, startup scripts, selectors and a rotation without JavaScript', async ({
    ui,
    page,
    delegates,
    secrets,
  }) => {
    test.setTimeout(120_000);
    const value = 'plain words to be masked';
    secrets.add(value);
    const main = page.getByRole('main');
    const block = new ScriptBlock(ui);
    /** Loads the page anew until it says so. */
    const shows = async (place: Locator, text: string | RegExp) => {
      await expect(async () => {
        await ui.reload();
        await expect(place).toContainText(text, { timeout: 100 });
      }).toPass({ intervals: [200], timeout: 20_000 });
    };

    await test.step('a secret', async () => {
      await ui.open('/secrets');
      await ui.button('Add Secret').first().click();
      await ui.field('Name').fill('plain');
      await ui.field('Value').fill('short');
      await ui.dialog('Add Secret').getByRole('button', { name: 'Add Secret' }).click();
      await ui.refuses(ui.field('Value'), /at least 6 characters/);
      await expect(ui.field('Name')).toHaveValue('plain');
      await expect(ui.field('Value'), 'a value never comes back').toHaveValue('');
      await ui.field('Value').fill('a value that nobody uses');
      await ui.dialog('Add Secret').getByRole('button', { name: 'Add Secret' }).click();
      await ui.says('Secret plain is created.');
      await ui.choose('plain', 'Replace value');
      await ui.field('New value').fill(value);
      await ui.button('Replace value').click();
      await ui.says('Secret plain has a new value.');
      secrets.assertAbsent(page.url(), await page.content());
    });

    await test.step('two profiles with scripts', async () => {
      await ui.go('Delegate Profiles');
      await ui.button('Add Delegate Profile').click();
      const fields = { name: 'first', selectors: 'first-zone' };
      await ui.fillProfile({ ...fields, script: reference('nothing') });
      await ui.button('Submit').click();
      await ui.refuses(ui.field('Startup Script'), /There is no secret nothing/);
      await expect(ui.field('Startup Script')).toHaveValue(reference('nothing'));
      await ui.fillProfile({ ...fields, script: `echo "it is ${reference('plain')}."` });
      await ui.button('Submit').click();
      await ui.says('Profile first is created.');
      await ui.createProfile({ name: 'second', script: 'echo "the second."; exit 4' });
    });

    const setup = { name: 'plain', profile: 'first', token: 'default_token', tags: 'said-itself' };
    const delegate = await delegates.unpack(await ui.downloadShellDelegate(setup));
    await delegate.set('heartbeatIntervalMs', 1000);

    await test.step('a run, and another one', async () => {
      await delegate.start();
      await delegate.waitForLog(/the delegate is connected/);
      await ui.go('Delegates');
      await page.getByRole('link', { name: 'plain', exact: true }).click();
      await shows(block.block, 'Succeeded');
      await expect(block.log).toHaveText('it is ***.');
      await block.runAgain();
      await ui.says('plain is asked to run its startup script again.');
      await shows(block.block, 'Runs');
      await expect(block.earlier).toHaveText(['Succeeded']);
    });

    await test.step('selectors', async () => {
      await ui.button('Edit selectors').click();
      const field = ui.dialog('Selectors of plain').getByLabel('Selectors', { exact: true });
      await field.fill('x'.repeat(129));
      await ui.button('Save').click();
      await ui.refuses(field, /too long/);
      await expect(field).toHaveValue('x'.repeat(129));
      await field.fill('by hand');
      await ui.button('Save').click();
      await ui.says('The selectors of plain are saved.');
      await expect(fact(main, 'Selectors')).toContainText('by hand');
      await expect(fact(main, 'Selectors')).toContainText('first-zone (inherited)');
      await expect(fact(main, 'Selectors')).not.toContainText('said-itself');
    });

    await test.step('another profile', async () => {
      await ui.button('Switch profile').click();
      const dialog = ui.dialog('Switch the profile of plain');
      await dialog.getByLabel('Profile', { exact: true }).selectOption({ label: 'second' });
      await dialog.getByRole('button', { name: 'Switch profile' }).click();
      await ui.says('plain has another profile.');
      await shows(block.block, 'Failed with exit code 4');
      await expect(block.log).toHaveText('the second.');
    });

    await test.step('a rotation', async () => {
      await ui.go('Tokens');
      await ui.choose('default_token', 'Rotate');
      await ui.field('Name of the new token').fill('');
      await ui.dialog('Rotate default_token').getByRole('button', { name: 'Rotate', exact: true }).click();
      await ui.refuses(ui.field('Name of the new token'), /must not be empty/);
      await ui.field('Name of the new token').fill('fresh');
      await ui.dialog('Rotate default_token').getByRole('button', { name: 'Rotate', exact: true }).click();
      const token = await ui.takeToken();
      await ui.button('I have saved it').click();
      await expect(ui.heading('Rotate default_token')).toBeVisible();
      await expect(ui.row('plain')).toContainText('Old token');
      await delegate.setToken(token);
      await delegate.stop();
      await delegate.start();
      await shows(ui.row('plain'), 'New token');
      await expect(page.getByText('Nothing uses default_token any more: it is safe to revoke.')).toBeVisible();
      await page.getByRole('button', { name: 'Revoke default_token', exact: true }).click();
      await ui.dialog('Revoke default_token?').getByRole('button', { name: 'Revoke', exact: true }).click();
      await ui.says('Token default_token is revoked.');
      await expect(page.getByText('default_token is revoked. The rotation is done.')).toBeVisible();
      await shows(ui.row('plain'), 'New token');
      await delegate.stop();
    });
  });
});
