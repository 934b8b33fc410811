// The console of a fleet: each page with no delegate, with a few, with more than a page of the list holds and with thousands,
// at every width. With MUSTER_SCREENSHOTS set there are pictures of all of it in that folder, light and dark.

import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Console } from './support/console';
import { Fleet } from './support/fleet';
import { expect, test } from './support/fixtures';
import { brokenParts } from './support/geometry';
import { reference } from './support/scripts';

// A trace keeps a copy of the page at each step, and takes longer than the test.
test.use({ installation: 'fresh', who: 'administrator', trace: 'off', contextOptions: { reducedMotion: 'reduce' } });

/** Where pictures go, for people to look at. */
const PICTURES = process.env['MUSTER_SCREENSHOTS'];
const WIDTHS = [1920, 1280, 1024, 390];
const HEIGHT = 900;
/** One run tells all that is to be mended. */
const soon = expect.configure({ soft: true, timeout: 3_000 });
/** The longest name that a token can have that somebody still reads. */
const TOKEN = 'payments-of-the-checkout-team-in-frankfurt-since-2026';

type Place = {
  name: string;
  path: string;
  /** A text by which it is known to be this page. */
  there: string;
  /** What is done there before it is looked at. */
  then?: () => Promise<void>;
};

/** What there is beside delegates, by where it is. */
type Others = { token: string; profile: string; secret: string; review: URL };

async function addOthers(ui: Console): Promise<Others> {
  const { page } = ui;
  const placeOf = async (name: string) =>
    (await page.getByRole('main').getByRole('link', { name, exact: true }).first().getAttribute('href')) ?? '';
  await ui.open('/secrets');
  await ui.button('Add Secret').first().click();
  const dialog = ui.dialog('Add Secret');
  await dialog.getByLabel('Name', { exact: true }).fill('registry-password.of-the-payment-team_in-frankfurt');
  await dialog.getByLabel('Value', { exact: true }).fill('some words that nobody reads');
  await dialog.getByRole('button', { name: 'Add Secret' }).click();
  await ui.says('Secret registry-password.of-the-payment-team_in-frankfurt is created.');
  const secret = await placeOf('registry-password.of-the-payment-team_in-frankfurt');
  await ui.createProfile({
    name: 'guarded',
    description: 'Everything that can reach customer data. Approve only what the platform team announced.',
    script: `#!/bin/sh\nset -eu\ndocker login -p ${reference('registry-password.of-the-payment-team_in-frankfurt')}\n`,
    approval: true,
    selectors: 'production, eu-central-1',
  });
  const profile = await placeOf('guarded');
  await ui.open('/tokens');
  const token = await placeOf(TOKEN);
  await ui.open('/install/kubernetes');
  await ui.field('Name').fill('checkout-eu');
  await ui.field('Delegate Token').selectOption({ label: 'default_token' });
  await ui.button('Continue').click();
  await expect(ui.heading('Review')).toBeVisible();
  return { token, profile, secret, review: new URL(page.url()) };
}

/** The pages that show delegates, or what belongs to them. */
function ofDelegates(page: Page, fleet: Fleet, { token, profile }: Others): Place[] {
  const always: Place[] = [
    { name: 'overview', path: '/', there: 'Overview' },
    { name: 'delegates', path: '/delegates', there: 'Delegates' },
    { name: 'tokens', path: '/tokens', there: 'default_token' },
    { name: 'token', path: token, there: TOKEN },
    { name: 'profiles', path: '/profiles', there: 'guarded' },
    { name: 'profile-delegates', path: `${profile}/delegates`, there: 'guarded' },
  ];
  const [longest, tagged, waits, stopped] = [fleet.id('longest'), fleet.id('tagged'), fleet.id('waits'), fleet.id('stopped')];
  if (!longest || !tagged || !waits || !stopped) return always;
  const pick = async () => {
    await page.getByLabel(/^Select (?!all)/).first().check();
    await page.locator('tbody summary').first().click();
  };
  return [
    ...always,
    { name: 'delegates-connected', path: '/delegates?status=connected&sort=name', there: 'Connected' },
    { name: 'delegates-picked', path: '/delegates?status=not-connected', there: 'Not connected', then: pick },
    { name: 'decision', path: `/delegates?decide=${waits}`, there: 'Key fingerprint' },
    { name: 'delegate', path: `/delegates/${tagged}`, there: fleet.name('tagged') },
    { name: 'delegate-longest', path: `/delegates/${longest}`, there: fleet.name('longest') },
    { name: 'delegate-waits', path: `/delegates/${waits}`, there: fleet.name('waits') },
    { name: 'delegate-stopped', path: `/delegates/${stopped}`, there: fleet.name('stopped') },
    { name: 'delegate-delete', path: `/delegates/${longest}/delete`, there: `Delete ${fleet.name('longest')}?` },
    { name: 'selected', path: '/selected/disable?all=1', there: 'Disable' },
    { name: 'token-revoke', path: `${token}/revoke`, there: `Revoke ${TOKEN}?` },
    { name: 'search', path: '/search?q=checkout', there: 'Search the list of delegates' },
  ];
}

/** The other pages. */
function ofAll({ profile, secret, review }: Others): Place[] {
  return [
    { name: 'profile', path: profile, there: 'guarded' },
    { name: 'profile-edit', path: `${profile}/edit`, there: 'Startup Script' },
    { name: 'profile-versions', path: `${profile}/versions`, there: 'newest' },
    { name: 'profile-record', path: `${profile}/record`, there: 'guarded' },
    { name: 'token-new', path: '/tokens/new', there: 'Generate New Token' },
    { name: 'secrets', path: '/secrets', there: 'registry-password' },
    { name: 'secret', path: secret, there: 'May be used by' },
    { name: 'install', path: '/install', there: 'Choose how the delegate is to run' },
    { name: 'install-setup', path: '/install/kubernetes', there: 'keep them as you keep the token' },
    { name: 'install-review', path: `${review.pathname}${review.search}`, there: 'harness-delegate.yaml' },
    {
      name: 'install-verify',
      path: `${review.pathname.replace('review', 'verify')}${review.search}`,
      there: 'Waiting for the delegate',
    },
    { name: 'audit', path: '/audit', there: 'Audit Trail' },
    { name: 'users', path: '/users', there: 'Account Administrator' },
    { name: 'account', path: '/account', there: 'Your account' },
    { name: 'help', path: '/help', there: 'What a delegate is' },
  ];
}

/** Looks at a page of a fleet at every width. */
async function look(ui: Console, { name, path, there, then }: Place, fleet: string, isLong: boolean): Promise<void> {
  const { page } = ui;
  await ui.open(path);
  await expect(page.getByText(there).filter({ visible: true }).first(), name).toBeVisible();
  await then?.();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const message = `${name} of ${fleet}, ${width} px`;
    await soon.poll(() => brokenParts(page), { message, intervals: [20, 50, 100, 500] }).toEqual([]);
    if (!PICTURES) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const file = join(PICTURES, `fleet-${fleet}-${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: file, animations: 'disabled', fullPage: !isLong });
    }
  }
}

/** Whether a page is likely to hold or not for how many delegates there are; without pictures the others are not looked at. */
function isTelling({ name }: Place, size: number): boolean {
  if (size === 0) return true;
  const isStill = /^(token-new|secret|install|users|account|help)|^profile(-edit|-versions|-record)?$/.test(name);
  return size === 5000 ? !isStill : ['overview', 'delegates', 'decision', 'delegates-picked'].includes(name);
}

test('pages hold, of none, five, sixty and five thousand', async ({ ui, page, client }) => {
  test.setTimeout(PICTURES ? 900_000 : 240_000);
  const clients = [client.namingItsToken()];
  await ui.open('/tokens');
  for (const name of ['checkout', 'data', 'edge', 'build', TOKEN]) {
    clients.unshift(client.with(await ui.createToken(name)).namingItsToken());
  }
  const others = await addOthers(ui);
  const fleet = new Fleet(clients, 'guarded');
  for (const [size, name] of [[0, 'none'], [5, 'five'], [60, 'sixty'], [5000, 'thousands']] as const) {
    await test.step(name, async () => {
      // No page that asks anew while they come.
      await page.goto('about:blank');
      await fleet.growTo(size);
      const places = [...ofDelegates(page, fleet, others), ...ofAll(others)];
      for (const place of places.filter((place) => PICTURES || isTelling(place, size))) await look(ui, place, name, size > 5);
    });
  }
});
