// The second factor: set up with an authenticator app, asked for at the entrance, recovery codes, turned off; reset by an
// administrator and at the command line; all of it also without scripts.

import { createHmac } from 'node:crypto';
import type { Console } from './support/console';
import { axe, expect, noJsTest, test } from './support/fixtures';
import { ada } from './support/people';
import type { Secrets } from './support/secrets';

test.use({ installation: 'fresh', who: 'administrator' });

/** The code that an authenticator app shows (RFC 6238) for a key in base32, so many steps from now. */
function codeOf(key: string, later = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replaceAll(' ', '')].map((char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const digest = createHmac('sha1', bytes).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Sets the second factor up; gives the key and the recovery codes. */
async function setsUp(ui: Console, secrets: Secrets): Promise<{ key: string; codes: string[] }> {
  const { page } = ui;
  await page.getByRole('link', { name: 'Set up', exact: true }).click();
  await expect(ui.heading('Set up a second factor')).toBeVisible();
  await ui.field('Password').fill(ada.password);
  await ui.button('Continue').click();
  await expect(page.getByRole('img', { name: 'The key as a QR code' })).toBeVisible();
  const key = await page.locator('.enrol-key code').innerText();
  secrets.add(key.replaceAll(' ', ''));
  // One step back, so that the next code is good at once.
  await ui.field('Code').fill(codeOf(key, -1));
  await ui.button('Turn on').click();
  const dialog = ui.dialog('Recovery codes');
  const codes = (await dialog.getByRole('group', { name: 'Recovery codes' }).innerText()).trim().split('\n');
  expect(codes).toHaveLength(10);
  for (const code of codes) secrets.add(code);
  return { key, codes };
}

async function closes(ui: Console): Promise<void> {
  const dialog = ui.dialog('Recovery codes');
  await dialog.getByRole('button', { name: 'I have saved them' }).click();
  // Where the browser could not copy them, leaving is asked for.
  const anyway = dialog.getByRole('button', { name: 'Close anyway' });
  await expect(dialog.or(ui.heading('Your account')).first()).toBeVisible();
  if (await anyway.isVisible()) await anyway.click();
  await expect(dialog).toHaveCount(0);
}

async function givesPassword(ui: Console): Promise<void> {
  await ui.open('/login?next=/tokens');
  await ui.field('Email').fill(ada.email);
  await ui.field('Password').fill(ada.password);
  await ui.button('Log in').click();
  await expect(ui.heading('Enter your code')).toBeVisible();
}

test('it is set up, asked for, and turned off', async ({ ui, page, stranger, another, secrets }) => {
  await ui.open('/account');
  await axe(page);
  await page.getByRole('link', { name: 'Set up', exact: true }).click();
  await ui.field('Password').fill('a wrong guess');
  await ui.button('Continue').click();
  await ui.refuses(ui.field('Password'), /not your password/);
  await axe(page);
  await page.getByRole('link', { name: 'Back to your account' }).click();
  const { key, codes } = await setsUp(ui, secrets);
  await axe(page);
  await closes(ui);
  await expect(page.getByText('10 of 10 recovery codes are left.')).toBeVisible();
  await axe(page);
  await ui.open('/account/recovery-codes');
  await expect(ui.dialog('These codes were shown before')).toBeVisible();

  const late = await stranger();
  await givesPassword(late);
  await late.page.emulateMedia({ colorScheme: 'dark' });
  await axe(late.page);
  await late.field('Code').fill('000000');
  await late.button('Log in').click();
  await late.refuses(late.field('Code'), /not right, or was used before/);
  await late.field('Code').fill(codeOf(key, 0));
  await late.button('Log in').click();
  await expect(late.heading('Tokens')).toBeVisible();

  const lost = await stranger();
  await givesPassword(lost);
  await lost.field('Code').fill((codes[0] ?? '').toLowerCase());
  await lost.button('Log in').click();
  await expect(lost.heading('Tokens')).toBeVisible();

  const bob = await another();
  await bob.open('/users');
  await expect(bob.row(ada.email)).toContainText('second factor on');
  await ui.open('/account');
  await expect(page.getByText('9 of 10 recovery codes are left.')).toBeVisible();
  await ui.button('Turn off').click();
  const dialog = ui.dialog('Turn your second factor off?');
  await dialog.getByLabel('Password', { exact: true }).fill(ada.password);
  await dialog.getByLabel('Code', { exact: true }).fill(codes[1] ?? '');
  await axe(page);
  await dialog.getByRole('button', { name: 'Turn off' }).click();
  await ui.says('Your second factor is off.');
  await expect(bob.row(ada.email)).not.toContainText('second factor on');
});

noJsTest('without scripts, it is set up, asked for, and reset', async ({ ui, page, stranger, another, secrets, server }) => {
  await ui.open('/account');
  const { key } = await setsUp(ui, secrets);
  await page.getByRole('button', { name: 'I have saved them' }).click();
  await expect(ui.heading('Your account')).toBeVisible();
  await ui.button('New recovery codes').click();
  await page.getByLabel('Password', { exact: true }).fill(ada.password);
  await page.getByLabel('Code', { exact: true }).fill('123');
  await page.getByRole('button', { name: 'Make codes' }).click();
  await ui.refuses(page.getByLabel('Code', { exact: true }), /not right/);

  const late = await stranger();
  await givesPassword(late);
  await late.field('Code').fill(codeOf(key, 0));
  await late.button('Log in').click();
  await expect(late.heading('Tokens')).toBeVisible();
  const bob = await another();
  await bob.open('/users');
  await bob.page.getByRole('link', { name: ada.email }).click();
  await bob.page.getByLabel(`Actions for ${ada.email}`).first().click();
  await bob.page.getByRole('link', { name: 'Reset second factor' }).click();
  await bob.page.getByRole('button', { name: 'Reset', exact: true }).click();
  await bob.says(`${ada.email} has no second factor any more, and is signed out everywhere.`);
  await late.open('/tokens');
  await late.field('Email').fill(ada.email);
  await late.field('Password').fill(ada.password);
  await late.button('Log in').click();
  await expect(late.heading('Tokens')).toBeVisible();
  expect(await server.admin('reset-second-factor', '--email', ada.email)).toMatch(/has no second factor/);
});
