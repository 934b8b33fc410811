// How every page and every dialog looks: nothing that axe finds, no page that scrolls sideways, light and dark, on a
// desk and on a phone; and every page at the keyboard.

import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Console } from './support/console';
import { axe, expect, test } from './support/fixtures';
import { ada } from './support/people';

test.use({ installation: 'fresh', contextOptions: { reducedMotion: 'reduce' } });

/** Where full-page pictures go, for people to look at. */
const PICTURES = process.env['MUSTER_SCREENSHOTS'];

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** Looks at the page as it is now, in each theme and at each size. */
async function look(page: Page, name: string): Promise<void> {
  await test.step(`looks of ${name}`, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        if (PICTURES) {
          const path = join(PICTURES, `${name}-${size}-${colorScheme}.png`);
          await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(wide, `${name}, ${size}: pixels that stick out of the page`).toBeLessThanOrEqual(0);
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
});

test.describe('inside', () => {
  test.use({ who: 'administrator' });

  test('while there is nothing yet', async ({ ui, page }) => {
    test.setTimeout(240_000);
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
    await lookAt(ui, '/install/shell', 'install-shell', 'Then, on the host');
    await lookAt(ui, '/nothing/here', 'not-found', 'Page not found');
    await lookAt(ui, '/delegates/xyz/delete', 'dialog-not-possible', 'This is not possible');
    await lookAt(ui, '/delegates/xyz', 'delegate-unknown', 'Retry');
    await ui.open('/tokens');
    await ui.revokeToken('default_token');
    await lookAt(ui, '/tokens', 'tokens-empty', 'No tokens here');
    await lookAt(ui, '/install/shell', 'install-no-token', 'There is no active token');
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

    await lookAt(ui, '/delegates', 'delegates', 'Not connected');
    await lookAt(ui, `/delegates?decide=${waitingId}`, 'decision', 'Key fingerprint');
    await lookAt(ui, `/delegates/${waitingId}/reject`, 'dialog-reject', 'This can be taken back');
    await lookAt(ui, `/delegates/${connectedId}/delete`, 'dialog-delete-delegate', 'kubectl delete statefulset');
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
    await look(page, 'profile-edit');
    await ui.open('/profiles');
    await ui.button('Delete production').click();
    await expect(ui.dialog('Delete production?')).toBeVisible();
    await look(page, 'dialog-delete-profile');

    await ui.open('/tokens');
    await ui.generateToken('payments-2027');
    await look(page, 'token-created');
    await ui.reload();
    await expect(ui.dialog('This value was shown before')).toBeVisible();
    await look(page, 'token-shown-before');
    await ui.open('/tokens');
    await ui.button('Revoke default_token').click();
    await expect(ui.dialog('Revoke default_token?')).toContainText('payments-kx7d2q-0');
    await look(page, 'dialog-revoke');
    await ui.button('Confirm').click();
    await ui.says('Token default_token is revoked.');
    await lookAt(ui, '/tokens?revoked=1', 'tokens', 'Revoked');
    await ui.button('Delete default_token').click();
    await expect(ui.dialog('Delete default_token?')).toBeVisible();
    await look(page, 'dialog-delete-token');
    await lookAt(ui, '/delegates', 'delegates-revoked', 'Token revoked');
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
    await tabTo(decide, 6);
    await page.keyboard.press('Enter');
    await expect(decide).toHaveAttribute('aria-expanded', 'true');
    await expect(decide).toBeFocused();
    await tabTo(ui.button('Approve'), 3);
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
    for (const [button, title] of [['Delete keys', 'Delete keys?']] as const) {
      await ui.button(button).focus();
      await page.keyboard.press('Space');
      await expect(ui.dialog(title).getByRole('button', { name: 'Cancel' })).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(ui.dialog(title)).toHaveCount(0);
      await expect(page).toHaveURL(list);
    }
    await ui.open('/tokens?revoked=1');
    await ui.button('Revoke default_token').click();
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
