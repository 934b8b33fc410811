// Work that is not sent yet, and values that are shown once, are not dropped by a slip.

import type { Dialog, Page } from '@playwright/test';
import { expect, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

/** Answers what the browser asks next, and gives how it asked. */
function answers(page: Page, yes: boolean): Promise<string> {
  return new Promise((resolve) => {
    page.once('dialog', (dialog: Dialog) => {
      void (yes ? dialog.accept() : dialog.dismiss()).then(() => resolve(dialog.type()));
    });
  });
}

const beside = { x: 5, y: 5 };

test('u9 a value that is shown once is not let go of by a slip', async ({ ui, page }) => {
  await ui.open('/tokens');
  const value = await ui.generateToken('kept');
  const dialog = ui.dialog('New Token');
  await expect(dialog.getByRole('status')).toContainText('in your clipboard');
  for (const slip of [() => page.keyboard.press('Escape'), () => page.mouse.click(beside.x, beside.y)]) {
    await slip();
    await expect(dialog.getByRole('alert')).toContainText('in your clipboard, and nowhere else');
    await dialog.getByRole('button', { name: 'Go back' }).click();
    await expect(dialog.getByLabel('Token value')).toHaveValue(value);
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(ui.row('kept')).toContainText('Active');
});

test('u10 a dialog asks before what was typed in it is dropped', async ({ ui, page }) => {
  await ui.open('/secrets');
  await ui.button('Add Secret').first().click();
  const dialog = ui.dialog('Add Secret');
  await expect(dialog).toBeVisible();
  // Nothing typed, nothing asked.
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await ui.button('Add Secret').first().click();
  await dialog.getByLabel('Value', { exact: true }).fill('-----BEGIN KEY-----');
  for (const slip of [() => page.keyboard.press('Escape'), () => page.mouse.click(beside.x, beside.y)]) {
    const asked = answers(page, false);
    await slip();
    expect(await asked).toBe('confirm');
    await expect(dialog.getByLabel('Value', { exact: true })).toHaveValue('-----BEGIN KEY-----');
  }
  const asked = answers(page, true);
  await page.keyboard.press('Escape');
  await asked;
  await expect(dialog).toHaveCount(0);
  // The button is no slip.
  await ui.button('Add Secret').first().click();
  await dialog.getByLabel('Value', { exact: true }).fill('x');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
});

test('u10 a page asks before what was typed on it is dropped', async ({ ui, page }) => {
  await ui.open('/profiles');
  await ui.button('Add Delegate Profile').click();
  await expect(ui.heading('Add Delegate Profile')).toBeVisible();
  const script = ui.field('Startup Script');
  await script.fill('echo a long evening');
  const stays = async () => {
    await expect(ui.heading('Add Delegate Profile')).toBeVisible();
    await expect(page).toHaveURL('/profiles/new');
    await expect(script).toHaveValue('echo a long evening');
  };
  const slips: [string, () => Promise<unknown>][] = [
    ['confirm', () => page.getByRole('link', { name: 'Tokens', exact: true }).click()],
    ['confirm', () => page.evaluate(() => history.back())],
    ['confirm', () => page.evaluate(() => history.back())],
    ['beforeunload', () => page.evaluate(() => location.reload())],
  ];
  for (const [type, slip] of slips) {
    const asked = answers(page, false);
    await slip();
    expect(await asked).toBe(type);
    await stays();
  }
  const asked = answers(page, true);
  await page.getByRole('link', { name: 'Tokens', exact: true }).click();
  await asked;
  await expect(ui.heading('Tokens')).toBeVisible();
  // What was sent is not asked about.
  await ui.createProfile({ name: 'sent', script: 'echo' });
  await ui.go('Tokens');
});

test('an answer that comes late takes no place from the page that somebody went to', async ({ ui, page }) => {
  await ui.open('/profiles/new');
  await ui.field('Name').fill('late');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/profiles/create', async (route) => {
    await held;
    await route.continue();
  });
  await ui.button('Submit').click();
  await expect(ui.button('Saving…')).toBeDisabled();
  // Not answered is not sent: the person is asked.
  const asked = answers(page, true);
  await page.getByRole('link', { name: 'Tokens', exact: true }).click();
  await asked;
  await expect(ui.heading('Tokens')).toBeVisible();
  const answered = page.waitForResponse('**/profiles?*');
  release();
  await (await answered).finished();
  await ui.go('Delegate Profiles');
  await expect(ui.row('late')).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL('/tokens');
});
