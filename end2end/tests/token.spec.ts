// The page of a token: what it tells, and changing it.

import { axe, expect, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

test('a token is restricted where it is generated, and where it is edited', async ({ ui, page, client }) => {
  await ui.open('/tokens');
  await ui.button('New Token').click();
  const dialog = ui.dialog('New Token');
  await dialog.getByLabel('Name', { exact: true }).fill('once');
  await expect(dialog.getByLabel('Number of registrations')).toBeHidden();
  await dialog.getByText('Restrict what it is good for').click();
  await dialog.getByLabel('Number of registrations').fill('1');
  await dialog.getByLabel('Allowed networks').fill('127.0.0.0/8, ::1, office');
  await dialog.getByLabel('Shell Script').check();
  await dialog.getByLabel('Docker').check();
  await dialog.getByLabel('Delegate names').fill('edge-*');
  await axe(page);
  await dialog.getByRole('button', { name: 'Generate New Token' }).click();

  // What cannot be taken is named, in sight, and nothing that was typed is lost.
  await ui.refuses(dialog.getByLabel('Allowed networks'), /"office" is neither an address nor a network/);
  await expect(dialog.getByLabel('Number of registrations')).toHaveValue('1');
  await expect(dialog.getByLabel('Docker')).toBeChecked();
  await expect(dialog.getByLabel('Helm')).not.toBeChecked();
  await dialog.getByLabel('Allowed networks').fill('127.0.0.0/8\n::1');
  await dialog.getByRole('button', { name: 'Generate New Token' }).click();
  await ui.takeToken();
  await ui.button('I have saved it').click();
  await page.getByRole('link', { name: 'once', exact: true }).click();
  const main = page.getByRole('main');
  for (const text of ['0 of 1 used', '127.0.0.0/8, ::1/128', 'Shell Script, Docker', 'edge-*']) {
    await expect(main.locator('.facts-card')).toContainText(text);
  }

  await ui.button('Edit').click();
  const edit = ui.dialog('Edit once');
  await expect(edit.getByLabel('Delegate names')).toHaveValue('edge-*');
  await edit.getByLabel('Number of registrations').fill('');
  await edit.getByLabel('Docker').uncheck();
  await axe(page);
  await edit.getByRole('button', { name: 'Save' }).click();
  await ui.says('Token once is saved.');
  await expect(main).toContainText(/registrations\s*1\s*→\s*any\s*types\s*Shell Script, Docker\s*→\s*Shell Script/);

  // The delegate that used a token last is a link away.
  await client.join({ delegateName: 'edge-1', hostName: 'host-1' });
  await ui.open('/tokens');
  await page.getByRole('link', { name: 'default_token', exact: true }).click();
  await main.locator('.facts-card').getByRole('link', { name: 'edge-1' }).click();
  await expect(ui.heading('edge-1')).toBeVisible();
});

test('a token is looked at, edited and extended on its page', async ({ ui, page, client }) => {
  await client.join({ delegateName: 'edge-1', hostName: 'host-1' });
  await ui.open('/tokens');
  await page.getByRole('link', { name: 'default_token', exact: true }).click();
  await expect(ui.heading('default_token')).toBeVisible();
  const main = page.getByRole('main');
  await expect(main.getByText('Never expires')).toBeVisible();
  await page.getByRole('navigation', { name: 'Delegates by status' }).getByRole('link', { name: /^Connected/ }).click();
  await expect(page).toHaveURL(/\/delegates\?status=connected&token=/);
  await expect(ui.row('edge-1')).toBeVisible();

  await ui.open('/tokens');
  const value = await ui.generateToken('edge');
  await ui.button('Close').or(ui.button('I have saved it')).click();
  await page.getByRole('link', { name: 'edge', exact: true }).click();
  await expect(ui.heading('edge')).toBeVisible();
  await expect(main).toContainText(/Expires \d{4}-\d\d-\d\d/);
  await expect(main).not.toContainText(value);
  await axe(page);

  await ui.button('Extend').click();
  const extend = ui.dialog('Extend edge');
  await expect(extend.getByLabel('Date and time')).toBeHidden();
  await extend.getByLabel('Expires').selectOption('In 7 days');
  await extend.getByRole('button', { name: 'Extend' }).click();
  await ui.refuses(extend.getByLabel('Expires'), /good for that long already/);
  await extend.getByLabel('Expires').selectOption('On a date…');
  const tomorrowYear = `${new Date().getUTCFullYear() + 1}-12-24T18:00`;
  await extend.getByLabel('Date and time').fill(tomorrowYear);
  await axe(page);
  await extend.getByRole('button', { name: 'Extend' }).click();
  await ui.says('Token edge is good for longer.');
  await expect(main).toContainText(new RegExp(`→\\s*${tomorrowYear.replace('T', ' ')} UTC`));

  await ui.button('Edit').click();
  const edit = ui.dialog('Edit edge');
  await edit.getByLabel('Name', { exact: true }).fill('build');
  await edit.getByLabel('Every new delegate waits for approval').check();
  await edit.getByRole('button', { name: 'Save' }).click();
  await ui.says('Token build is saved.');
  await expect(ui.heading('build')).toBeVisible();
  await expect(main).toContainText(/name\s*edge\s*→\s*build\s*approval\s*as the profile says\s*→\s*always/);

  await ui.choose('build', 'Revoke');
  await ui.dialog('Revoke build?').getByRole('button', { name: 'Revoke', exact: true }).click();
  await ui.says('Token build is revoked.');
  await expect(main.getByRole('button', { name: 'Extend' })).toHaveCount(0);
  await axe(page);
});
