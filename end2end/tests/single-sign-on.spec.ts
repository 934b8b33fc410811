// Single sign-on, with a real identity provider in the browser: who comes in and as what, who does not and why, and the
// password that works when all else fails.

import type { Console } from './support/console';
import { axe, test as base, expect } from './support/fixtures';
import { Muster } from './support/muster';
import { ada } from './support/people';
import { CLIENT, IdentityProvider } from './support/provider';

const test = base.extend<{ provider: IdentityProvider }>({
  provider: async ({}, use) => {
    const provider = new IdentityProvider();
    await use(provider);
    await provider.stop();
  },

  // An installation that this provider signs people in to.
  server: async ({ provider, secrets }, use) => {
    secrets.add(CLIENT.secret);
    const server = await Muster.start({
      env: async (url) => ({
        MUSTER_PUBLIC_URL: url,
        MUSTER_OIDC_ISSUER: await provider.start(url),
        MUSTER_OIDC_CLIENT_ID: CLIENT.id,
        MUSTER_OIDC_CLIENT_SECRET: CLIENT.secret,
        MUSTER_OIDC_LABEL: 'Example ID',
        MUSTER_OIDC_ROLES_CLAIM: 'realm_access.roles',
        MUSTER_OIDC_ROLES: 'muster-ops=DELEGATE_MANAGER; muster-readers=VIEWER',
        MUSTER_OIDC_REQUIRE_ROLE: 'true',
        MUSTER_PASSWORD_SIGN_IN: 'false',
      }),
    });
    await server.createAdministrator(ada);
    await use(server);
    secrets.assertAbsent("the server's log", server.log);
    await server.finish();
  },
});

/** Goes to the provider, and chooses there. */
async function chooses(ui: Console, button: string): Promise<void> {
  await ui.page.getByRole('link', { name: 'Log in with Example ID' }).click();
  await expect(ui.page.getByRole('heading', { name: 'Example ID' })).toBeVisible();
  await ui.page.getByRole('button', { name: button, exact: true }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('people come in as what the provider says, or are told why not', async ({ ui, page, provider, secrets }) => {
      secrets.add(ada.password);
      provider.accounts.set('grace', { email: 'grace@example.com', name: 'Grace Hopper', roles: ['muster-ops'] });
      provider.accounts.set('nora', { email: 'nora@example.com', name: 'Nora', roles: ['cooks'] });
      provider.accounts.set('ada', { email: ada.email, name: 'Ada', roles: ['muster-ops'] });

      await ui.open('/tokens?revoked=1');
      await expect(ui.heading('Log in')).toBeVisible();
      if (javaScriptEnabled) await axe(page);
      for (const [button, told] of [
        ['Cancel', /did not log you in/],
        ['Sign in as nora', /has no role in Muster/],
        ['Sign in as ada', /is not linked to your account/],
      ] as const) {
        // The provider forgets who was there before.
        await page.context().clearCookies();
        await ui.open('/login');
        await chooses(ui, button);
        await expect(page.getByRole('alert').filter({ hasText: told })).toBeVisible();
        await expect(page).toHaveURL(/\/login$/);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      if (javaScriptEnabled) await axe(page);

      await page.context().clearCookies();
      await ui.open('/tokens?revoked=1');
      await chooses(ui, 'Sign in as grace');
      await expect(ui.heading('Tokens')).toBeVisible();
      await expect(page, 'where it was wanted to go').toHaveURL(/\/tokens\?revoked=1$/);
      await expect(page.getByRole('button', { name: 'User menu, Grace Hopper' }).or(page.getByLabel('User menu, Grace Hopper')).first()).toBeVisible();
      await expect(ui.button('New Token')).toBeVisible();

      // What changes there counts at the next login.
      provider.accounts.set('grace', { email: 'hopper@example.com', name: 'Grace Hopper', roles: ['muster-readers'] });
      await page.context().clearCookies();
      await ui.open('/tokens');
      await chooses(ui, 'Sign in as grace');
      await expect(ui.heading('Tokens')).toBeVisible();
      await expect(ui.button('New Token')).toHaveCount(0);

      // Passwords are switched off, but for one that was set at the server's machine.
      await page.context().clearCookies();
      await ui.open('/login');
      await expect(ui.field('Password')).toHaveCount(0);
      await page.getByRole('link', { name: 'Log in by password' }).click();
      await ui.field('Email').fill(ada.email);
      await ui.field('Password').fill(ada.password);
      if (javaScriptEnabled) await axe(page);
      await ui.button('Log in').click();
      await expect(ui.heading('Overview')).toBeVisible();
      await ui.open('/audit?action=sign-in-failed');
      await expect(page.getByText('the identity provider gives no role').first()).toBeVisible();
    });
  });
}
