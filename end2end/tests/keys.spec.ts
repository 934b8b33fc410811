// API keys: a person makes one, a program uses it, it is rotated and deleted; service accounts have keys of their own;
// all of it also without scripts.

import type { Page } from '@playwright/test';
import type { Console } from './support/console';
import { axe, expect, noJsTest, test } from './support/fixtures';
import type { Secrets } from './support/secrets';

test.use({ installation: 'fresh', who: 'administrator' });

/** What the API answers to a program with this key. */
async function asks(page: Page, key: string, path: string): Promise<number> {
  const answer = await page.request.get(`/api/v1${path}`, { headers: { 'x-api-key': key } });
  return answer.status();
}

/** The value in the dialog that shows it once. */
async function takeValue(ui: Console, secrets: Secrets): Promise<string> {
  const shown = ui.dialog('API key');
  const value = await shown.getByRole('textbox', { name: 'API key value' }).inputValue();
  secrets.add(value.slice(value.lastIndexOf('.') + 1));
  await axe(ui.page);
  await shown.getByRole('button', { name: 'I have saved it' }).click();
  // Where the browser could not copy it, leaving is asked for.
  const anyway = shown.getByRole('button', { name: 'Close anyway' });
  const page = ui.page.getByRole('heading', { level: 1 });
  await expect(shown.or(page).first()).toBeVisible();
  if (await anyway.isVisible()) await anyway.click();
  await expect(shown).toHaveCount(0);
  return value;
}

async function makes(ui: Console, secrets: Secrets, name: string, role: string): Promise<string> {
  await ui.button('New API key').click();
  const dialog = ui.dialog('New API key');
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByRole('radio', { name: role, exact: true }).check();
  await axe(ui.page);
  await dialog.getByRole('button', { name: 'Create API key' }).click();
  return takeValue(ui, secrets);
}

test('a key is made, used, rotated and deleted', async ({ ui, page, secrets }) => {
  await ui.open('/account');
  const key = await makes(ui, secrets, 'ci', 'Viewer');
  expect(key).toMatch(/^pat\.[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(await asks(page, key, '/delegates')).toBe(200);
  expect(await asks(page, key, '/audit'), 'a viewer has no record').toBe(403);
  const line = page.getByRole('row', { name: /^ci/ });
  await expect(line).toContainText('Viewer');
  await axe(page);

  await line.getByLabel('Actions for ci').first().click();
  await page.getByRole('link', { name: 'Rotate' }).click();
  const rotate = ui.dialog('Rotate ci?');
  await rotate.getByLabel('The old value works for (hours)').fill('721');
  await rotate.getByRole('button', { name: 'Rotate' }).click();
  await ui.refuses(rotate.getByLabel('The old value works for (hours)'), /from 0 to 720/);
  await rotate.getByLabel('The old value works for (hours)').fill('0');
  await rotate.getByRole('button', { name: 'Rotate' }).click();
  const next = await takeValue(ui, secrets);
  expect(await asks(page, key, '/delegates'), 'the old value ends at once').toBe(401);
  expect(await asks(page, next, '/delegates')).toBe(200);

  await page.getByRole('row', { name: /^ci/ }).getByLabel('Actions for ci').first().click();
  await page.getByRole('link', { name: 'Delete' }).click();
  await ui.dialog('Delete ci?').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No keys yet.')).toBeVisible();
  expect(await asks(page, next, '/delegates')).toBe(401);
});

test('a service account has keys of its own', async ({ ui, page, secrets }) => {
  await ui.open('/users');
  await page.getByRole('link', { name: 'Service accounts' }).click();
  await expect(page.getByText('No service accounts yet')).toBeVisible();
  await axe(page);
  await ui.button('New service account').click();
  const dialog = ui.dialog('New service account');
  await dialog.getByLabel('Name', { exact: true }).fill('terraform');
  await dialog.getByRole('radio', { name: 'Delegate Manager', exact: true }).check();
  await dialog.getByRole('button', { name: 'Create service account' }).click();
  await expect(ui.heading('terraform')).toBeVisible();
  const key = await makes(ui, secrets, 'prod', 'Delegate Manager');
  expect(key).toMatch(/^sat\./);
  const made = await page.request.post('/api/v1/tokens', { headers: { 'x-api-key': key }, data: { name: 'by-program' } });
  expect(made.status()).toBe(201);
  secrets.add(((await made.json()) as { value: string }).value);
  await ui.open('/tokens');
  await expect(page.getByRole('row', { name: /by-program/ })).toBeVisible();
  await ui.open('/service-accounts');
  await page.getByRole('link', { name: 'terraform' }).click();
  await axe(page);
  await ui.button('Delete').first().click();
  await ui.dialog('Delete terraform?').getByRole('button', { name: 'Delete' }).click();
  await expect(ui.heading('Service accounts')).toBeVisible();
  expect(await asks(page, key, '/tokens')).toBe(401);
});

test('the page of the API can be read by anybody', async ({ page }) => {
  await page.goto('/api/v1');
  await expect(page.getByText('/api/v1/delegates/{id}/approve')).toBeVisible();
  await axe(page);
});

noJsTest('a key is made without scripts', async ({ ui, page, secrets }) => {
  await ui.open('/account/keys/new');
  await page.getByLabel('Name', { exact: true }).last().fill('plain');
  await page.getByRole('button', { name: 'Create API key' }).click();
  const value = await page.getByRole('textbox', { name: 'API key value' }).inputValue();
  secrets.add(value.slice(value.lastIndexOf('.') + 1));
  expect(await asks(page, value, '/whoami')).toBe(200);
});
