// What an administrator asks of a console, found by somebody who never saw it: in how many presses, from the page on which
// signing in ends.

import type { Locator } from '@playwright/test';
import type { Client } from './support/client';
import { type Console, fact } from './support/console';
import { Effort } from './support/effort';
import { expect, test } from './support/fixtures';
import { ada, bob, vera } from './support/people';

test.use({ installation: 'fresh', who: 'administrator' });

const DAY = 24 * 60 * 60 * 1000;
const LOST = ['checkout-7', 'data-3', 'edge-fra-5'];
const LONG_AWAY = ['old-build-1', 'old-build-2'];
const facts = (delegateName: string, more: object = {}) => ({
  delegateName,
  hostName: `ip-10-0-1-${delegateName}.eu-central-1.compute.internal`,
  ...more,
});

/** Forty that are well, three that fell silent just now, two that are away since last week, and ten that ada approved last. */
async function addFleet(client: Client, ui: Console, backdate: (names: string[]) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: 40 }, (_, at) => client.join(facts(`worker-${at}`))));
  for (const name of LONG_AWAY) await client.unregister(await client.join(facts(name)), facts(name));
  await backdate(LONG_AWAY);
  // They say that they call every second, and never do.
  for (const name of LOST) await client.join(facts(name, { heartbeatIntervalMs: 1000 }));
  for (let at = 10; at < 20; at += 1) await client.join(facts(`edge-fra-${at}`, { delegateProfileId: 'careful' }));
  await ui.open('/selected/approve?status=pending&all=1');
  await expect(ui.heading('Approve 10 delegates')).toBeVisible();
  await ui.button('Approve').click();
  await ui.says('Approve: done for 10 delegates.');
}

/** A part of the first page. */
const part = (ui: Console, name: string) =>
  ui.page.getByRole('main').locator('section').filter({ has: ui.heading2(name) });

test('in how many presses it is found', async ({ server, ui, another, delegates, client }) => {
  test.setTimeout(120_000);
  let print = '';

  await test.step('bob approves edge-fra-2, a real delegate, by its key', async () => {
    await ui.open('/profiles');
    await ui.createProfile({ name: 'careful', approval: true });
    const setup = { name: 'edge-fra-2', profile: 'careful (requires approval)', token: 'default_token' };
    const delegate = await delegates.unpack(await ui.downloadShellDelegate(setup));
    await delegate.start();
    await delegate.waitForLog(/waits for approval/);
    print = /key fingerprint (.+)$/m.exec(await delegate.log())?.[1] ?? 'none in the log';
    const bobs = await another(bob);
    await bobs.open('/delegates');
    await bobs.approve('edge-fra-2');
  });

  await test.step('tokens, a fleet, and other decisions since', async () => {
    await ui.open('/tokens');
    for (const [name, expires] of [['build', 'In 90 days'], ['edge', 'In 7 days'], ['payments', 'In 30 days']] as const) {
      await ui.createToken(name, expires);
    }
    const names = (all: string[]) => all.map((name) => `'${name}'`).join(', ');
    const backdate = (all: string[]) =>
      server.change(`UPDATE delegate SET last_heartbeat_at = last_heartbeat_at - ${7 * DAY} WHERE name IN (${names(all)})`);
    await addFleet(client, ui, backdate);
  });

  // She may look, and has never been here.
  const newcomer = await another(vera);
  const { page } = newcomer;
  const main = page.getByRole('main');
  const effort = await Effort.on(page);
  await newcomer.open('/');

  await test.step('the three that were lost today: no press, and one for what became of each', async () => {
    const lost = part(newcomer, 'Lost in the last day').getByRole('listitem');
    await expect(lost, 'who fell silent is told').toHaveCount(LOST.length, { timeout: 20_000 });
    const named = await lost.getByRole('link').allTextContents();
    expect(named.sort()).toEqual(LOST);
    expect(await effort.spent()).toEqual({ presses: 0, searches: 0 });

    await lost.getByRole('link', { name: 'edge-fra-5' }).click();
    await expect(newcomer.heading('edge-fra-5')).toBeVisible();
    await expect(main.getByText('Not connected').first()).toBeVisible();
    await expect(main.getByText('no heartbeat').first()).toBeVisible();
    expect(await effort.spent()).toEqual({ presses: 1, searches: 0 });
  });

  await test.step('the token that expires next: no press for its name, one for all that is known of it', async () => {
    await newcomer.open('/');
    const next = part(newcomer, 'Tokens that expire next').getByRole('listitem').first();
    await expect(next).toContainText('edge');
    await expectInDays(next, 7);
    await next.getByRole('link', { name: 'edge', exact: true }).click();
    await expect(newcomer.heading('edge')).toBeVisible();
    await expect(fact(main, 'Expiry')).toContainText('Expires');
    await expectInDays(fact(main, 'Expiry'), 7);
    expect(await effort.spent()).toEqual({ presses: 1, searches: 0 });
  });

  await test.step('who approved edge-fra-2, and with which key: two presses and its name', async () => {
    await newcomer.open('/');
    await expect(part(newcomer, 'Latest decisions'), 'others were decided on since').not.toContainText('edge-fra-2');
    await page.getByRole('link', { name: 'Search everything' }).click();
    await page.keyboard.type('edge-fra-2');
    await newcomer.dialog('Search everything').getByRole('link', { name: /^edge-fra-2/ }).click();
    await expect(newcomer.heading('edge-fra-2')).toBeVisible();
    await expect(fact(main, 'Decision')).toContainText(`Approved by ${bob.email}`);
    await expect(fact(main, 'Key fingerprint')).toContainText(print);
    // What the key was then stands in the record, whatever it is now.
    const approval = main.getByRole('row').filter({ hasText: new RegExp(`fingerprint\\W*${print}`) });
    await expect(approval).toContainText(bob.email);
    await expect(approval).not.toContainText(ada.email);
    expect(await effort.spent()).toEqual({ presses: 2, searches: 1 });
  });
});

/** That the point in time in a place lies so many days ahead, to the minute or so. */
async function expectInDays(place: Locator, days: number): Promise<void> {
  const at = Date.parse((await place.locator('time').getAttribute('datetime')) ?? '');
  expect(Math.abs(at - Date.now() - days * DAY), `milliseconds beside ${days} days from now`).toBeLessThan(5 * 60 * 1000);
}
