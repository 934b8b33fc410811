// Profiles and secrets: the editor of scripts, versions, saving without running, and what runs again, on a real delegate.

import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { fact } from './support/console';
import { expect, test } from './support/fixtures';
import { reference, runsOf, waitForHeartbeats } from './support/scripts';

test.use({ installation: 'fresh', who: 'administrator' });

/** Where the cursor is in the field that has the focus, or what is selected. */
const selection = (page: Page) =>
  page.evaluate(() => {
    const field = document.activeElement as HTMLTextAreaElement;
    return [field.selectionStart, field.selectionEnd];
  });

test('the editor has line numbers, colours, a Tab key that indents, and a list of secrets', async ({ ui, page }) => {
  await ui.open('/secrets');
  for (const name of ['db_password', 'npm_token']) {
    await ui.button('Add Secret').first().click();
    const dialog = ui.dialog('Add Secret');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    await dialog.getByLabel('Value', { exact: true }).fill(`value-of-${name}`);
    await dialog.getByRole('button', { name: 'Add Secret' }).click();
    await ui.says(`Secret ${name} is created.`);
  }
  await ui.open('/profiles/new');
  const script = ui.field('Startup Script');
  await script.click();
  await page.keyboard.type('if true; then\n');
  await page.keyboard.press('Tab');
  await page.keyboard.type('echo "$HOME" # there\nfi');
  await expect(script).toHaveValue('if true; then\n  echo "$HOME" # there\nfi');
  await expect(page.locator('.editor-lines')).toHaveText('1\n2\n3\n');
  await expect(page.locator('.editor-layer .code-comment')).toHaveText('# there');
  await expect(page.locator('.editor-layer .code-variable')).toHaveText('$HOME');
  expect(await page.locator('.editor-layer').textContent()).toBe(`${await script.inputValue()}\n `);

  // Several lines at once, and back; and the browser's own Undo takes it back.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Tab');
  await expect(script).toHaveValue('  if true; then\n    echo "$HOME" # there\n  fi');
  expect(await selection(page)).toEqual([0, 45]);
  await page.keyboard.press('Shift+Tab');
  await expect(script).toHaveValue('if true; then\n  echo "$HOME" # there\nfi');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(script).toHaveValue('  if true; then\n    echo "$HOME" # there\n  fi');
  await page.keyboard.press('ControlOrMeta+Shift+z');

  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.press('Enter');
  await page.getByText('Insert a secret').click();
  await page.getByRole('button', { name: 'npm_token', exact: true }).click();
  await expect(script).toHaveValue(`if true; then\n  echo "$HOME" # there\nfi\n${reference('npm_token')}`);
  await expect(script).toBeFocused();
  await expect(page.locator('.editor-layer .code-variable').last()).toHaveText(reference('npm_token'));

  // Who goes by keyboard leaves with Escape and Tab.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(ui.field('Delegate Requires Approval')).toBeFocused();

  // What was not taken is drawn again with what was typed.
  await ui.button('Submit').click();
  await ui.refuses(ui.field('Name'), /must not be empty/);
  await expect(page.locator('.editor-lines')).toHaveText('1\n2\n3\n4\n');
  await expect(page.locator('.editor-layer .code-comment')).toHaveText('# there');
});

test('a script is saved without running it, tried, run and restored; and runs again with a new secret', async ({
  ui,
  page,
  secrets,
  delegates,
}) => {
  test.setTimeout(180_000);
  const main = page.getByRole('main');
  const values = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')] as const;
  for (const value of values) secrets.add(value);
  await ui.open('/secrets');
  await ui.button('Add Secret').first().click();
  await ui.dialog('Add Secret').getByLabel('Name', { exact: true }).fill('key');
  await ui.dialog('Add Secret').getByLabel('Value', { exact: true }).fill(values[0]);
  await ui.dialog('Add Secret').getByRole('button', { name: 'Add Secret' }).click();
  await ui.says('Secret key is created.');
  await ui.createProfile({ name: 'staged', script: 'echo first >>runs' });

  const delegate = await delegates.unpack(
    await ui.downloadShellDelegate({ name: 'stage', profile: 'staged', token: 'default_token' }),
  );
  await delegate.set('heartbeatIntervalMs', 1000);
  await delegate.start();
  await ui.open('/profiles');
  await page.getByRole('link', { name: 'staged', exact: true }).click();
  const progress = (name: string) =>
    main.getByRole('list', { name: 'How far the startup script is' }).getByRole('link', { name });
  await expect(progress('1 Succeeded')).toBeVisible();
  const address = page.url().split('?')[0] ?? '';

  await test.step('saved without running, it runs nowhere', async () => {
    await ui.button('Edit').click();
    await ui.field('Startup Script').fill(`echo second >>runs\ntest -n ${reference('key')} && exit 3`);
    await ui.button('Save without running').click();
    await ui.says('Profile staged is saved.');
    await expect(main.getByText('saved, not run')).toBeVisible();
    await expect(progress('1 On an earlier version')).toBeVisible();
    await progress('1 On an earlier version').click();
    await page.getByRole('link', { name: 'stage', exact: true }).click();
    await waitForHeartbeats(ui);
    expect(await runsOf(delegate)).toEqual(['first']);
    await expect(main.getByText('A newer script is saved in the profile')).toBeVisible();
  });

  await test.step('it is run where somebody says so', async () => {
    await ui.open(address);
    await ui.button('Run on 1 delegate').click();
    await ui.dialog('Run the script on 1 delegate?').getByRole('button', { name: 'Run', exact: true }).click();
    await expect(progress('1 Failed')).toBeVisible();
    await expect(main.getByText('saved, not run')).toHaveCount(0);
    expect(await runsOf(delegate)).toEqual(['first', 'second']);
    await ui.button('Run again on 1 delegate').click();
    await ui.dialog('Run the script on 1 delegate?').getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => runsOf(delegate)).toEqual(['first', 'second', 'second']);
    await expect(progress('1 Failed')).toBeVisible();
  });

  await test.step('with a new value of its secret it runs again', async () => {
    await ui.open('/secrets');
    await page.getByRole('link', { name: 'key', exact: true }).click();
    await expect(fact(main, 'In scripts of')).toHaveText('staged');
    await expect(main.getByRole('cell', { name: 'stage' })).toBeVisible();
    await ui.button('Replace value').click();
    const dialog = ui.dialog('Replace the value of key');
    await dialog.getByLabel('New value').fill(values[1]);
    await dialog.getByLabel('Run the script that uses it again on 1 delegate').check();
    await dialog.getByRole('button', { name: 'Replace value' }).click();
    await ui.says('Secret key has a new value.');
    await expect.poll(() => runsOf(delegate)).toEqual(['first', 'second', 'second', 'second']);
    await expect(main.getByRole('listitem').filter({ hasText: /scripts run again on\W*1 delegate/ })).toBeVisible();
  });

  await test.step('the first version is restored, and run', async () => {
    await ui.open(address);
    await page.getByRole('link', { name: 'Script versions' }).click();
    await main.getByRole('row').last().getByRole('link').click();
    await ui.button('Restore').click();
    const dialog = ui.dialog('Restore this script of staged?');
    await dialog.getByLabel('Run it on 1 delegate now').check();
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await ui.says('Profile staged is saved.');
    await expect(progress('1 Succeeded')).toBeVisible();
    expect((await runsOf(delegate)).at(-1)).toBe('first');
    await page.getByRole('link', { name: 'Record' }).click();
    const entry = main.getByRole('row').filter({ hasText: /restored version/ });
    await expect(entry).toContainText(/script\W*\+1 −2 lines\s*run on\W*1 delegate/);
  });
});

test('a script that would run on many delegates is asked about', async ({ ui, page, client }) => {
  await ui.open('/profiles');
  await ui.createProfile({ name: 'many', script: 'date' });
  for (let number = 1; number <= 6; number += 1) {
    await client.join({ delegateName: `many-${number}`, hostName: 'h', delegateProfileId: 'many' });
  }
  await ui.editProfile('many');
  const script = ui.field('Startup Script');
  await script.fill('date -u');
  await ui.button('Save and run on 6 delegates').click();
  const confirm = page.getByRole('checkbox', { name: 'Run it on 6 delegates' });
  await ui.refuses(confirm, /6 delegates run the script as soon as it is saved/);
  await expect(page.getByRole('region', { name: 'What changes in the startup script' })).toContainText('date -u');
  await expect(script).toHaveValue('date -u');
  await confirm.check();
  await ui.button('Save and run on 6 delegates').click();
  await ui.says('Profile many is saved.');
  await expect(page.getByRole('link', { name: '6 Not reached' })).toBeVisible();
});
