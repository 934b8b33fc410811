// The page of a token: what it tells, and changing it.

import { axe, expect, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

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
  await expect(main).toContainText(`→ ${tomorrowYear.replace('T', ' ')} UTC`);

  await ui.button('Edit').click();
  const edit = ui.dialog('Edit edge');
  await edit.getByLabel('Name', { exact: true }).fill('build');
  await edit.getByLabel('Every new delegate waits for approval').check();
  await edit.getByRole('button', { name: 'Save' }).click();
  await ui.says('Token build is saved.');
  await expect(ui.heading('build')).toBeVisible();
  await expect(main).toContainText('name: edge → build; approval: as the profile says → always');

  await ui.choose('build', 'Revoke');
  await ui.dialog('Revoke build?').getByRole('button', { name: 'Revoke', exact: true }).click();
  await ui.says('Token build is revoked.');
  await expect(main.getByRole('button', { name: 'Extend' })).toHaveCount(0);
  await axe(page);
});
