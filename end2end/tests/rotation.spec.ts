// A token is rotated under three running delegates, by the page alone, and no delegate is ever asked for again.

import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';
import { type Console, fact } from './support/console';
import type { Delegate } from './support/delegate';

test.use({ installation: 'fresh', who: 'administrator', permissions: ['clipboard-read', 'clipboard-write'] });

const NAMES = ['north', 'east', 'west'] as const;

/** How many delegates the page counts under a name. */
const count = (page: Page, name: 'Old token' | 'New token' | 'Silent') => fact(page.getByRole('main'), name);

/** The state of a delegate on the rotation page. */
const state = (ui: Console, name: string) => ui.row(name).getByRole('cell').nth(1);

test('three running delegates go over to another token', async ({ ui, page, another, delegates }) => {
  test.setTimeout(180_000);
  const fleet = new Map<string, Delegate>();
  const delegate = (name: string): Delegate => {
    const found = fleet.get(name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  const safe = page.getByText('Nothing uses fleet any more: it is safe to revoke.');
  const revoke = page.getByRole('button', { name: 'Revoke fleet', exact: true });
  let value = '';
  let late!: Delegate;

  await test.step('three delegates of one token, each approved once', async () => {
    await ui.open('/profiles');
    await ui.createProfile({ name: 'guarded', approval: true });
    await ui.go('Tokens');
    await ui.createToken('fleet');
    for (const name of [...NAMES, 'late']) {
      const setup = { name, profile: 'guarded (requires approval)', token: 'fleet' };
      const one = await delegates.unpack(await ui.downloadShellDelegate(setup));
      await one.set('heartbeatIntervalMs', 1000);
      if (name === 'late') late = one;
      else fleet.set(name, one);
    }
    await ui.go('Delegates');
    for (const name of NAMES) {
      await delegate(name).start();
      await ui.approve(name);
      await expect(ui.row(name)).toContainText(/(?<!Not )Connected/);
    }
  });

  // From here on nobody is asked for an approval: a page of its own watches that.
  const watcher = await another();
  await watcher.open('/delegates');
  await expect(watcher.live).toHaveText('live');
  await watcher.page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      for (const place of document.querySelectorAll('nav, main table')) {
        const text = place.textContent ?? '';
        if (/Pending Approval|waiting for approval/.test(text)) seen.push(text);
      }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const asked = async () => await watcher.page.evaluate(() => (window as unknown as { seen: string[] }).seen);

  await test.step('the successor is made, and its value is shown once', async () => {
    await ui.go('Tokens');
    await ui.choose('fleet', 'Rotate');
    const dialog = ui.dialog('Rotate fleet');
    const name = dialog.getByLabel('Name of the new token');
    await expect(name).toHaveValue('fleet-2');
    await name.fill('default_token');
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await ui.refuses(name, /There is a token default_token already/);
    await name.fill('fleet-2');
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    value = await ui.takeToken();
    await expect(ui.dialog('New Token').getByRole('status')).toContainText('in your clipboard');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(value);
    await ui.button('I have saved it').click();
    await expect(ui.heading('Rotate fleet')).toBeVisible();
    await ui.reload();
    expect(await page.content()).not.toContain(value);
  });

  await test.step('all three are on the old token, and the page says what to do', async () => {
    for (const name of NAMES) await expect(state(ui, name)).toHaveText('Old token');
    await expect(count(page, 'Old token')).toHaveText('3');
    await expect(count(page, 'New token')).toHaveText('0');
    await expect(page.getByText('3 delegates are connected with it and would be cut off.')).toBeVisible();
    await expect(safe).toHaveCount(0);
    const guide = page.getByRole('listitem').filter({ hasText: 'config-delegate.yml' });
    await expect(guide.first()).toContainText('delegateToken');
    await expect(guide.first()).toContainText('accountSecret');
    for (const line of ['./stop.sh', './start.sh']) await expect(page.getByText(line, { exact: true })).toBeVisible();
    await ui.go('Tokens');
    await ui.row('fleet').getByRole('link', { name: /^Rotating/ }).click();
    await expect(ui.heading('Rotate fleet')).toBeVisible();
  });

  await test.step('one after the other goes over, live', async () => {
    const assertStayed = ui.stays();
    for (const [at, name] of NAMES.entries()) {
      const one = delegate(name);
      // Older files call it by another name.
      if (name === 'east') await one.set('delegateToken', value, 'accountSecret');
      else await one.setToken(value);
      await one.stop();
      await expect(state(ui, name)).toHaveText('Silent');
      await expect(count(page, 'Silent')).toHaveText('1');
      if (at < 2) await expect(safe).toHaveCount(0);
      await one.start();
      await expect(state(ui, name)).toHaveText('New token');
      await expect(count(page, 'New token')).toHaveText(String(at + 1));
      await expect(count(page, 'Old token')).toHaveText(String(2 - at));
      if (at < 2) await expect(safe).toHaveCount(0);
      expect(await one.log()).toMatch(/the delegate is connected/);
    }
    await expect(safe).toBeVisible();
    await expect(page.getByText('./stop.sh', { exact: true })).toHaveCount(0);
    assertStayed();
  });

  await test.step('the old token is revoked from there, and nobody is cut off', async () => {
    await revoke.click();
    const dialog = ui.dialog('Revoke fleet?');
    await expect(dialog).toContainText('No delegate uses it.');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await ui.says('Token fleet is revoked.');
    await expect(ui.heading('Rotate fleet')).toBeVisible();
    await expect(page.getByText('fleet is revoked. The rotation is done.')).toBeVisible();
    await expect(revoke).toHaveCount(0);
    for (const name of NAMES) await expect(state(ui, name)).toHaveText('New token');

    await late.start();
    await late.waitForLog(/the delegate token was revoked.*REVOKED_TOKEN/);
    await ui.go('Delegates');
    for (const name of NAMES) {
      await expect(ui.row(name)).toContainText(/(?<!Not )Connected/);
      await expect(ui.row(name)).toContainText('fleet-2');
    }
    await expect(ui.row('late')).toHaveCount(0);
  });

  await test.step('and nobody was asked for an approval', async () => {
    expect(await asked()).toEqual([]);
    for (const name of NAMES) {
      expect((await delegate(name).log()).match(/waits for approval/g), 'it waited once, at first').toHaveLength(1);
      await ui.open('/delegates');
      await page.getByRole('link', { name, exact: true }).click();
      await expect(fact(page.getByRole('main'), 'Decision')).toContainText('Approved by');
    }
    // The fourth, which nobody has approved, is told apart.
    await late.setToken(value);
    await late.stop();
    await late.start();
    await expect.poll(asked).not.toEqual([]);
  });
});

test('a token is revoked over silent delegates, which the page counts', async ({ ui, page, client, delegates }) => {
  await ui.open('/delegates');
  const one = await delegates.unpack(await ui.downloadShellDelegate({ name: 'asleep', token: 'default_token' }));
  await one.start();
  await one.waitForLog(/the delegate is connected/);
  await one.stop();
  await client.join({ delegateName: 'awake', hostName: 'h' });
  await ui.go('Tokens');
  await ui.choose('default_token', 'Rotate');
  await ui.dialog('Rotate default_token').getByRole('button', { name: 'Rotate', exact: true }).click();
  await ui.takeToken();
  await ui.button('I have saved it').click();
  await expect(state(ui, 'asleep')).toHaveText('Silent');
  await expect(state(ui, 'awake')).toHaveText('Old token');
  await expect(count(page, 'Silent')).toHaveText('1');
  await page.getByRole('button', { name: 'Revoke default_token', exact: true }).click();
  const dialog = ui.dialog('Revoke default_token?');
  await expect(dialog).toContainText('2 delegates use it');
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(page.getByText('default_token is revoked. The rotation is done.')).toContainText(
    '2 delegates that last used it are refused until they get the new token.',
  );
  await expect(state(ui, 'awake')).toHaveText('Silent');
});
