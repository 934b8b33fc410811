// The console's WebAssembly: one small module, which pages do without where they have to.

import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';

test.use({ who: 'administrator' });

/** The modules that a page fetches from now on. */
function fetched(page: Page): string[] {
  const names: string[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.wasm')) names.push(response.url());
  });
  return names;
}

test('the first page fetches one module, and no other page fetches more', async ({ ui, page }) => {
  const modules = fetched(page);
  const module = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await ui.open('/tokens');
  const headers = await (await module).allHeaders();
  expect(headers['content-type']).toBe('application/wasm');
  expect(headers['cache-control'], 'it can be kept for a year').toMatch(/max-age=31536000/);
  const assertStayed = ui.stays();
  await ui.go('Secrets');
  await ui.button('Add Secret').first().click();
  await expect(ui.dialog('Add Secret')).toBeVisible();
  await ui.button('Cancel').click();
  await ui.go('Delegates');
  await ui.button('Download Delegate').first().click();
  await expect(ui.heading('Download Delegate')).toBeVisible();
  assertStayed();
  // Once: what the head announces is what is used.
  expect(modules).toHaveLength(1);
});

test('where the module cannot be fetched, the page does without', async ({ ui, page, problems }) => {
  problems.allow(/console: (TypeError: Failed to fetch|Failed to load resource)|uncaught: TypeError: Failed to fetch/);
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('/secrets');
  await ui.button('Add Secret').first().click();
  await expect(ui.dialog('Add Secret')).toBeVisible();
  await ui.button('Cancel').click();
  await expect(ui.heading('Secrets')).toBeVisible();
});

test('a page of another build is opened by the browser itself', async ({ ui, page }) => {
  await ui.open('/tokens');
  await page.evaluate(() => document.documentElement.setAttribute('data-build', 'another'));
  const loaded = page.waitForEvent('load');
  await page.getByRole('link', { name: 'Secrets', exact: true }).click();
  await loaded;
  await ui.hydrated();
  await expect(ui.heading('Secrets')).toBeVisible();
});
