// How every page and every dialog looks: nothing that axe finds, no page that scrolls sideways, light and dark, on a
// desk and on a phone; and every page at the keyboard.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Console } from './support/console';
import { axe, expect, test } from './support/fixtures';
import { ada } from './support/people';
import { ScriptBlock, reference } from './support/scripts';

test.use({ installation: 'fresh', contextOptions: { reducedMotion: 'reduce' } });

/** Where full-page pictures go, for people to look at. */
const PICTURES = process.env['MUSTER_SCREENSHOTS'];

/** One run tells all that is to be mended. */
const soon = expect.configure({ soft: true, timeout: 3_000 });

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** Looks at the page as it is now, in each theme and at each size. */
async function look(page: Page, name: string): Promise<void> {
  await test.step(`looks of ${name}`, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      // Without motion: colours that are still on their way from one theme to the other would be measured.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => {
        // In a menu that is closed none comes to its end.
        const seen = ({ effect }: Animation) => effect instanceof KeyframeEffect && effect.target?.checkVisibility();
        return Promise.allSettled(document.getAnimations().filter(seen).map((one) => one.finished));
      });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        if (PICTURES) {
          const path = join(PICTURES, `${name}-${size}-${colorScheme}.png`);
          await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        }
        // The browser takes some frames until a page has its new width.
        const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        await soon.poll(wide, `${name}, ${size}: pixels that stick out of the page`).toBeLessThanOrEqual(0);
        // Each theme and each size once: half of the time, and hardly less found.
        if ((size === 'desk') === (colorScheme === 'light')) await axe(page);
      }
    }
    await page.setViewportSize(SIZES.desk);
  });
}

/** Opens a page, waits for a text on it, and looks at it. */
async function lookAt(ui: Console, path: string, name: string, there: string): Promise<void> {
  await ui.open(path);
  await expect(ui.page.getByText(there).filter({ visible: true }).first()).toBeVisible();
  await look(ui.page, name);
}

test('the entrance', async ({ server, ui, page }) => {
  test.setTimeout(120_000);
  await lookAt(ui, '/setup', 'setup', 'Create the first administrator');
  await ui.setUp('wrong', { ...ada, email: 'ada' });
  await ui.refuses(ui.field('Email'), /Enter an email address/);
  await look(page, 'setup-error');
  await server.sessionOf(ada);
  await lookAt(ui, '/login', 'login', 'Log in');
  await ui.logIn({ ...ada, password: 'none of these words' });
  await expect(page.getByRole('alert').getByText('password is wrong')).toBeVisible();
  await look(page, 'login-error');
  await lookAt(ui, '/login?ended=disabled', 'login-disabled', 'Your account was disabled');
  await lookAt(ui, '/invitation/used', 'invitation-broken', 'This link does not work');
});

test.describe('inside', () => {
  test.use({ who: 'administrator' });

  test('while there is nothing yet', async ({ ui, page }) => {
    test.setTimeout(240_000);
    await lookAt(ui, '/', 'overview-first', 'Your first delegate');
    await lookAt(ui, '/help', 'help', 'What a delegate is');
    await lookAt(ui, '/search?q=token', 'search', 'default_token');
    await lookAt(ui, '/search?q=nothing-is-called-so', 'search-nothing', 'Nothing is called so');
    await lookAt(ui, '/delegates', 'delegates-empty', 'No delegates yet');
    await lookAt(ui, '/delegates?q=nothing&status=rejected', 'delegates-no-match', 'No delegate matches');
    await lookAt(ui, '/profiles', 'profiles-first', 'Primary');
    await lookAt(ui, '/profiles/new', 'profile-new', 'Startup Script');
    await ui.button('Submit').click();
    await ui.refuses(ui.field('Name'), /must not be empty/);
    await look(page, 'profile-error');
    await lookAt(ui, '/tokens', 'tokens-first', 'default_token');
    await lookAt(ui, '/tokens/new', 'token-new', 'Generate New Token');
    await ui.button('Generate New Token').click();
    await ui.refuses(ui.field('Name'), /must not be empty/);
    await look(page, 'token-error');
    await lookAt(ui, '/install', 'install', 'Choose how the delegate is to run');
    await lookAt(ui, '/install/shell', 'install-shell', 'keep them as you keep the token');
    await lookAt(ui, '/secrets', 'secrets-empty', 'No secrets yet');
    await lookAt(ui, '/secrets/new', 'secret-new', 'A startup script gets it by its name');
    await ui.dialog('Add Secret').getByRole('button', { name: 'Add Secret' }).click();
    await ui.refuses(ui.field('Name'), /./);
    await look(page, 'secret-error');
    await lookAt(ui, '/users', 'users', 'Who may use Muster');
    await lookAt(ui, '/users/new', 'dialog-invite', 'Muster sends no mail');
    await ui.button('Make invitation link').click();
    await ui.refuses(ui.field('Email'), /Enter an email address/);
    await ui.field('Email').fill('somebody.with-a-rather-long-address@department.example.com');
    await ui.button('Make invitation link').click();
    await expect(ui.dialog('Invitation link')).toBeVisible();
    await look(page, 'dialog-invitation-link');
    await lookAt(ui, '/users', 'users-invited', 'link expires');
    await page.getByRole('link', { name: 'ada@example.com', exact: true }).click();
    await expect(ui.heading('ada@example.com')).toBeVisible();
    await look(page, 'user');
    const [you] = /\/users\/[^/?]+/.exec(page.url()) ?? [];
    await lookAt(ui, `${you}/role`, 'dialog-last-administrator', 'This is the only active account administrator.');
    await lookAt(ui, `${you}/reset-password`, 'dialog-reset-password', 'chooses a new password');
    await lookAt(ui, '/account', 'account', 'Your name, your password');
    await lookAt(ui, '/account/end-others', 'dialog-end-others', 'You are logged out everywhere but here');
    await lookAt(ui, '/install/balloon', 'install-unknown', 'There is no such type of delegate');
    await lookAt(ui, '/nothing/here', 'not-found', 'Page not found');
    await lookAt(ui, '/delegates/xyz/delete', 'dialog-not-possible', 'This is not possible');
    await lookAt(ui, '/delegates/xyz', 'delegate-unknown', 'Go to the list');
    await ui.open('/tokens');
    await ui.revokeToken('default_token');
    await lookAt(ui, '/tokens', 'tokens-empty', 'No tokens here');
    await ui.open('/install/shell');
    await expect(ui.field('Delegate Token').locator('option:checked')).toHaveText('There is none: add one');
    await look(page, 'install-no-token');
  });

  test('with delegates in every state', async ({ ui, page, client }) => {
    test.setTimeout(300_000);
    await ui.open('/profiles');
    await ui.createProfile({
      name: 'production',
      description: 'Everything that can reach customer data. Approve only what the platform team announced.',
      script: '#!/bin/sh\nset -eu\napt-get update && apt-get install -y kubectl\n',
      approval: true,
      selectors: 'production, eu-central-1',
    });
    const facts = (delegateName: string, hostName: string, delegateType: string) => ({
      delegateName,
      hostName,
      delegateType,
      description: 'Runs what the build pipelines of the payment team ask for',
      tags: ['linux', 'amd64', 'a-rather-long-tag-that-somebody-thought-was-a-good-idea'],
    });
    const connected = facts('payments', 'payments-kx7d2q-0', 'KUBERNETES');
    const silent = facts('build', 'ip-10-4-0-17.eu-central-1.compute.internal', 'DOCKER');
    const approved = { ...facts('edge', 'edge-frankfurt-1', 'ECS'), delegateProfileId: 'production' };
    const refused = { ...facts('unknown', 'laptop-of-somebody', 'SHELL_SCRIPT'), delegateProfileId: 'production' };
    const longest = 'a-delegate-with-a-name-as-long-as-a-name-can-be-in-kubernetes-1';
    const waiting = { ...facts(longest, 'vm-3', 'HELM_DELEGATE'), delegateProfileId: 'production' };
    const connectedId = await client.join(connected);
    await client.unregister(await client.join(silent), silent);
    await client.join(approved);
    const refusedId = await client.join(refused);
    const waitingId = await client.join(waiting);
    await ui.go('Delegates');
    await ui.approve('edge');
    await look(page, 'delegates-approved');
    await ui.reject('unknown');
    await look(page, 'delegates-rejected');

    await lookAt(ui, '/', 'overview', 'Latest decisions');
    await page.keyboard.press('Control+k');
    await expect(ui.dialog('Search everything').getByRole('link', { name: 'Tokens', exact: true })).toBeVisible();
    await look(page, 'palette');
    await lookAt(ui, '/delegates', 'delegates', 'Not connected');
    await lookAt(ui, `/delegates?decide=${waitingId}`, 'decision', 'Key fingerprint');
    await lookAt(ui, `/delegates/${waitingId}/reject`, 'dialog-reject', 'This can be taken back');
    await lookAt(ui, `/delegates/${connectedId}/delete`, 'dialog-delete-delegate', 'kubectl delete deployment');
    await lookAt(ui, '/delegates?status=rejected', 'delegates-filter-rejected', 'laptop-of-somebody');
    await lookAt(ui, `/delegates/${waitingId}`, 'delegate-waiting', 'Connection history');
    await lookAt(ui, `/delegates/${connectedId}`, 'delegate-connected', 'Connection history');
    await lookAt(ui, `/delegates/${refusedId}`, 'delegate-rejected', 'Connection history');
    await ui.page.getByRole('button', { name: 'User menu' }).click();
    await expect(ui.button('Log out')).toBeVisible();
    await look(page, 'user-menu');

    await lookAt(ui, '/profiles', 'profiles', 'customer data');
    await ui.page.getByRole('link', { name: 'production', exact: true }).click();
    await expect(ui.heading('production')).toBeVisible();
    await look(page, 'profile');
    await ui.page.getByRole('navigation', { name: 'Parts of the profile' }).getByRole('link', { name: /^Delegates/ }).click();
    await expect(ui.page.getByRole('navigation', { name: 'Progress' })).toBeVisible();
    await look(page, 'profile-delegates');
    await ui.editProfile('production');
    await look(page, 'profile-edit');
    await ui.field('Startup Script').fill('#!/bin/sh\nset -eu\n# Once a day is enough.\napt-get install -y kubectl\n');
    await ui.button('Save without running').click();
    await ui.says('Profile production is saved.');
    await look(page, 'profile-saved-not-run');
    await ui.page.getByRole('link', { name: 'Script versions' }).click();
    await expect(ui.page.getByText('newest')).toBeVisible();
    await look(page, 'profile-versions');
    await ui.page.getByRole('main').locator('td a').first().click();
    await expect(ui.page.getByRole('region', { name: 'Difference' })).toBeVisible();
    await look(page, 'profile-version');
    await ui.open('/profiles');
    await ui.choose('production', 'Delete');
    await expect(ui.dialog('Delete production?')).toBeVisible();
    await look(page, 'dialog-delete-profile');

    await ui.open('/tokens');
    await ui.generateToken('payments-2027');
    await look(page, 'token-created');
    await ui.reload();
    await expect(ui.dialog('This value was shown before')).toBeVisible();
    await look(page, 'token-shown-before');
    await ui.open('/tokens');
    await page.getByRole('link', { name: 'default_token', exact: true }).click();
    await expect(ui.heading('default_token')).toBeVisible();
    await look(page, 'token');
    await ui.open('/tokens');
    await ui.choose('default_token', 'Revoke');
    await expect(ui.dialog('Revoke default_token?')).toContainText('payments-kx7d2q-0');
    await look(page, 'dialog-revoke');
    await ui.button('Revoke').click();
    await ui.says('Token default_token is revoked.');
    await lookAt(ui, '/tokens?revoked=1', 'tokens', 'Revoked');
    await ui.choose('default_token', 'Delete');
    await expect(ui.dialog('Delete default_token?')).toBeVisible();
    await look(page, 'dialog-delete-token');
    await lookAt(ui, '/delegates', 'delegates-revoked', 'Token revoked');
  });

  test('download delegate, step by step', async ({ ui, page, wizard, client }) => {
    test.setTimeout(300_000);
    await ui.open('/profiles');
    await ui.createProfile({ name: 'production', approval: true });
    for (const kind of ['docker', 'kubernetes', 'ecs'] as const) {
      await lookAt(ui, `/install/${kind}`, `install-${kind}`, 'keep them as you keep the token');
    }
    await ui.field('Name').fill('Not-Good');
    await ui.field('Use AWS VPC Mode').check();
    await ui.button('Continue').click();
    await ui.refuses(ui.field('Name'), /Write n instead of N/);
    await look(page, 'install-error');

    await ui.open('/install/docker');
    await ui.field('Name').fill('payments');
    await ui.field('Profile').selectOption({ label: 'production (requires approval)' });
    await ui.field('Tags').fill('linux, frankfurt');
    await ui.button('New token').click();
    await expect(ui.dialog('New Token')).toBeVisible();
    await look(page, 'install-new-token');
    await ui.field('Name').last().fill('payments-2027');
    await ui.button('Generate New Token').click();
    await ui.takeToken();
    await look(page, 'install-token-created');
    // Where the clipboard is barred, the first press only asks.
    await ui.button('I have saved it').click();
    const anyway = ui.button('Close anyway');
    await anyway.or(ui.button('Continue')).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await expect(ui.dialog('New Token')).toHaveCount(0);
    await wizard.review();
    const { search } = new URL(page.url());
    await look(page, 'review-docker');
    for (const [kind, file] of [
      ['shell', 'config-delegate.yml'],
      ['kubernetes', 'harness-delegate.yaml'],
      ['ecs', 'task-spec.json'],
      ['helm', 'harness-delegate-values.yaml'],
    ] as const) {
      await ui.open(`/install/${kind}/review${search}`);
      await expect(ui.button(`Download this file: ${file}`)).toBeVisible();
      await look(page, `review-${kind}`);
    }
    await ui.open(`/install/docker/review${search}&file=docker-run.sh`);
    await expect(ui.button('Download this file: docker-run.sh')).toBeVisible();
    await ui.button('Get a download link').click();
    const line = page.getByRole('main').locator('code').getByText(/^curl /).first();
    await expect(line).toBeVisible();
    await look(page, 'review-link');
    const { status } = await fetchLink(await line.innerText());
    expect(status).toBe(200);
    await expect(page.getByText(/^This link was used/)).toBeVisible();
    await look(page, 'review-link-used');
    await lookAt(ui, '/install/docker/review?name=Not-Good', 'review-not-there', 'There are no files of this setup');

    await ui.open(`/install/docker/review${search}`);
    await wizard.verify();
    await look(page, 'verify-waiting');
    const verify = new URL(page.url());
    const late = new URL(verify);
    late.searchParams.set('since', String(Date.now() - 6 * 60_000));
    for (const kind of ['docker', 'kubernetes'] as const) {
      const path = `${late.pathname.replace('docker', kind)}${late.search}`;
      await lookAt(ui, path, `verify-late-${kind}`, 'Nothing has been heard for more than five minutes');
    }
    await ui.open(`${verify.pathname}${verify.search}`);
    const facts = { delegateName: 'payments', hostName: 'payments-1', delegateProfileId: 'production' };
    const id = await client.join(facts);
    await expect(wizard.state).toHaveText('payments waits for your decision');
    await look(page, 'verify-pending');
    await wizard.part('Pending Approval').getByRole('button', { name: 'Reject', exact: true }).click();
    await expect(ui.dialog('Reject payments?')).toBeVisible();
    await look(page, 'verify-reject');
    await ui.dialog('Reject payments?').getByRole('button', { name: 'Reject', exact: true }).click();
    await expect(wizard.state).toHaveText('payments is rejected');
    await look(page, 'verify-rejected');
    await ui.button('Take back').click();
    await wizard.approve('payments');
    await client.heartbeat(id, facts);
    await expect(wizard.state).toHaveText('payments is connected');
    await look(page, 'verify-connected');
    await client.unregister(id, facts);
    await expect(wizard.state).toHaveText('payments came, and is silent now');
    await look(page, 'verify-silent');
  });

  test('secrets and startup scripts', async ({ ui, page, delegates }) => {
    test.setTimeout(300_000);
    await ui.open('/secrets');
    for (const name of ['npm_token', 'registry-password.of-the-payment-team_in-frankfurt']) {
      await ui.button('Add Secret').first().click();
      await ui.dialog('Add Secret').getByLabel('Name', { exact: true }).fill(name);
      await ui.dialog('Add Secret').getByLabel('Value', { exact: true }).fill('some words that nobody reads');
      await ui.dialog('Add Secret').getByRole('button', { name: 'Add Secret' }).click();
      await ui.says(`Secret ${name} is created.`);
    }
    const colours = 'printf "\\033[32mfetched\\033[0m %0200d\\n" 7';
    const wait = 'until [ -e go ]; do sleep 0.05; done';
    const use = `npm config set //registry.example.com/:_authToken '${reference('npm_token')}'`;
    const script = ['#!/bin/bash', colours, 'echo "then it waits."', wait, `echo "${use}"`, 'exit 3'].join('\n');
    await ui.createProfile({ name: 'tools', script, selectors: 'tools' });
    await ui.createProfile({ name: 'quiet' });
    await lookAt(ui, '/audit', 'audit', 'Secret created');
    await lookAt(ui, '/audit?who=nobody', 'audit-none', 'No entry matches');
    await lookAt(ui, '/secrets', 'secrets', 'npm_token');
    await ui.page.getByRole('link', { name: 'npm_token', exact: true }).click();
    await expect(ui.page.getByText('May be used by')).toBeVisible();
    await look(page, 'secret');
    await ui.page.getByLabel('Actions for npm_token', { exact: true }).first().click();
    await ui.page.getByRole('link', { name: 'Edit', exact: true }).click();
    await expect(ui.dialog('Edit npm_token')).toBeVisible();
    await look(page, 'dialog-edit-secret');
    await ui.open('/secrets');
    await ui.choose('npm_token', 'Replace value');
    await expect(ui.dialog('Replace the value of npm_token')).toBeVisible();
    await look(page, 'dialog-replace-secret');
    await ui.open('/secrets');
    await ui.choose('npm_token', 'Delete');
    await expect(ui.dialog('npm_token is in use')).toBeVisible();
    await look(page, 'dialog-secret-in-use');
    await ui.open('/secrets');
    await ui.choose('registry-password.of-the-payment-team_in-frankfurt', 'Delete');
    await expect(ui.dialog('Delete registry-password.of-the-payment-team_in-frankfurt?')).toBeVisible();
    await look(page, 'dialog-delete-secret');

    await ui.open('/delegates');
    const setup = { name: 'worker', profile: 'tools', token: 'default_token', tags: 'linux' };
    const delegate = await delegates.unpack(await ui.downloadShellDelegate(setup));
    await delegate.set('heartbeatIntervalMs', 1000);
    await delegate.start();
    await ui.go('Delegates');
    await page.getByRole('link', { name: 'worker', exact: true }).click();
    const block = new ScriptBlock(ui);
    await expect(block.log).toContainText('then it waits.');
    await look(page, 'script-running');
    await writeFile(join(delegate.folder, 'go'), '');
    await expect(block.fact('Outcome')).toHaveText('Failed with exit code 3');
    await look(page, 'script-failed');
    await block.runAgain();
    await expect(block.earlier).toHaveCount(1);
    await expect(block.fact('Outcome')).toHaveText('Failed with exit code 3');
    await look(page, 'script-earlier');

    await ui.button('Edit selectors').click();
    await ui.dialog('Selectors of worker').getByLabel('Selectors', { exact: true }).fill('linux, by-hand');
    await ui.button('Save').click();
    await ui.says('The selectors of worker are saved.');
    await ui.button('Edit selectors').click();
    await expect(ui.dialog('Selectors of worker')).toContainText('The delegate itself says: linux.');
    await look(page, 'dialog-selectors');
    await ui.button('Cancel').click();
    await ui.button('Switch profile').click();
    await expect(ui.dialog('Switch the profile of worker')).toBeVisible();
    await look(page, 'dialog-switch-profile');
    await ui.dialog('Switch the profile of worker').getByRole('button', { name: 'Switch profile' }).click();
    await ui.says('worker has another profile.');
    await expect(block.block).toContainText('has no startup script');
    await look(page, 'script-none');
    await delegate.stop();
  });

  test('a rotation', async ({ ui, page, client }) => {
    test.setTimeout(300_000);
    const types = ['SHELL_SCRIPT', 'DOCKER', 'KUBERNETES', 'ECS', 'HELM_DELEGATE', 'CE_KUBERNETES'];
    const fleet = types.map((delegateType, at) => ({
      delegateName: `edge-${at}`,
      hostName: `ip-10-4-0-${at}.eu-central-1.compute.internal`,
      delegateType,
    }));
    const ids = [];
    for (const facts of fleet) ids.push(await client.join(facts));
    await ui.open('/tokens');
    await ui.choose('default_token', 'Rotate');
    const dialog = ui.dialog('Rotate default_token');
    await expect(dialog).toBeVisible();
    await look(page, 'dialog-rotate');
    await dialog.getByLabel('Name of the new token').fill('');
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await ui.refuses(dialog.getByLabel('Name of the new token'), /must not be empty/);
    await look(page, 'dialog-rotate-error');
    await dialog.getByLabel('Name of the new token').fill('default_token-2');
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    const value = await ui.takeToken();
    await ui.open('/tokens');
    await ui.row('default_token').getByRole('link', { name: /^Rotating/ }).click();
    await expect(page.getByText('6 delegates are connected with it')).toBeVisible();
    await look(page, 'rotation-not-yet-safe');
    const rotation = page.url();
    await lookAt(ui, '/tokens', 'tokens-rotating', 'Rotating');

    await ui.open(rotation);
    const next = client.with(value);
    for (const [at, facts] of fleet.entries()) {
      if (at > 0) await next.join(facts);
      else await client.unregister(ids[at] ?? '', facts);
    }
    await expect(page.getByText('it is safe to revoke')).toBeVisible();
    await look(page, 'rotation-safe');
    await page.getByRole('button', { name: 'Revoke default_token', exact: true }).click();
    await expect(ui.dialog('Revoke default_token?')).toBeVisible();
    await look(page, 'dialog-revoke-rotated');
    await ui.dialog('Revoke default_token?').getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect(page.getByText('The rotation is done.')).toBeVisible();
    await look(page, 'rotation-done');
  });

  test('at the keyboard', async ({ ui, page, client }) => {
    const tabTo = async (target: ReturnType<Console['button']>, most: number) => {
      for (let tabs = 0; tabs < most; tabs += 1) {
        await page.keyboard.press('Tab');
        if (await target.evaluate((element) => element === document.activeElement)) return;
      }
      throw new Error(`not reached with ${most} tabs: ${target}`);
    };
    await ui.open('/profiles');
    await ui.createProfile({ name: 'careful', approval: true });
    await client.join({ delegateName: 'keys', hostName: 'h', delegateProfileId: 'careful' });
    const list = '/delegates?q=keys&status=pending';
    await ui.open(list);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();

    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Search' })).toBeFocused();
    const decide = ui.row('keys').getByRole('button', { name: 'Pending Approval' });
    // Over the fields of the filter, its chips, and the headings that sort.
    await tabTo(decide, 16);
    await page.keyboard.press('Enter');
    await expect(decide).toHaveAttribute('aria-expanded', 'true');
    await expect(decide).toBeFocused();
    // Over the cells of the row that filter.
    await tabTo(ui.button('Approve'), 8);
    await tabTo(ui.button('Reject'), 1);
    await page.keyboard.press('Enter');

    const dialog = ui.dialog('Reject keys?');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('/');
    await expect(dialog.getByRole('button', { name: 'Cancel' }), 'a dialog keeps its keys').toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(page).toHaveURL(new RegExp(`${list.replace('?', '\\?')}&decide=`));
    await expect(ui.button('Approve')).toBeVisible();

    await ui.open(list);
    for (const title of ['Delete keys?']) {
      const menu = ui.row('keys').locator('details');
      await menu.locator('summary').focus();
      await page.keyboard.press('Space');
      await expect(menu.getByRole('link', { name: 'Open', exact: true })).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(menu.getByRole('link', { name: 'Open', exact: true })).toBeHidden();
      await expect(menu.locator('summary')).toBeFocused();
      await page.keyboard.press('Space');
      await menu.getByRole('link', { name: 'Delete', exact: true }).focus();
      await page.keyboard.press('Enter');
      await expect(ui.dialog(title).getByRole('button', { name: 'Cancel' })).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(ui.dialog(title)).toHaveCount(0);
      await expect(page).toHaveURL(list);
    }
    await ui.open('/tokens?revoked=1');
    await ui.choose('default_token', 'Revoke');
    await expect(ui.dialog('Revoke default_token?').getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL('/tokens?revoked=1');
  });

  test('a value that was not copied is not let go of unasked', async ({ ui, page }) => {
    // Where the clipboard is barred, the value can still be selected.
    await page.addInitScript(() => {
      const barred = () => Promise.reject(new DOMException('barred', 'NotAllowedError'));
      Object.defineProperty(navigator.clipboard, 'writeText', { value: barred });
    });
    await ui.open('/tokens');
    const value = await ui.generateToken('kept');
    const dialog = ui.dialog('New Token');
    // What is pressed before the dialog is there is not its own.
    await expect(dialog.getByRole('button', { name: 'I have saved it' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog.getByText('You have not copied the value.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Go back' })).toBeFocused();
    await axe(page);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await expect(dialog.getByLabel('Token value')).toBeFocused();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(value);
    await dialog.getByRole('button', { name: 'I have saved it' }).click();
    await dialog.getByRole('button', { name: 'Close anyway' }).click();
    await expect(ui.row('kept')).toContainText('Active');
  });
});

/** Takes up a link as its line for a shell does. */
async function fetchLink(line: string): Promise<Response> {
  const answer = await fetch(/'(http[^']+)'/.exec(line)?.[1] ?? '');
  // To its end: an answer that is torn does not use the link up.
  await answer.arrayBuffer();
  return answer;
}
