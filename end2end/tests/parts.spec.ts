// The console's WebAssembly comes in parts: a page fetches the main module and its own, and others when they are needed.

import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';

test.use({ who: 'administrator' });

/** The names of the modules that a page fetches from now on. */
function fetched(page: Page): string[] {
  const names: string[] = [];
  page.on('response', (response) => {
    const name = /\/pkg\/.*\/([a-z_]+)\.wasm$/.exec(response.url())?.[1];
    if (name) names.push(name);
  });
  return names;
}

test('a page fetches its own part, and others on the way to them', async ({ ui, page }) => {
  const parts = fetched(page);
  await ui.open('/tokens');
  // Once each: what the head announces is what is used.
  expect(parts.sort()).toEqual(['muster_bg', 'tokens']);

  const assertStayed = ui.stays();
  await ui.go('Secrets');
  expect(parts).toContain('secrets');
  await ui.button('Add Secret').first().click();
  await expect(ui.dialog('Add Secret')).toBeVisible();
  expect(parts).toContain('secret_dialogs');
  await ui.button('Cancel').click();
  await ui.go('Tokens');
  await ui.go('Secrets');
  assertStayed();
  expect(parts.sort()).toEqual(['muster_bg', 'secret_dialogs', 'secrets', 'tokens']);
});

test('a part can be kept for a year', async ({ page }) => {
  const part = page.waitForResponse((response) => response.url().endsWith('/tokens.wasm'));
  await page.goto('/tokens');
  const headers = await (await part).allHeaders();
  expect(headers['content-type']).toBe('application/wasm');
  expect(headers['cache-control']).toMatch(/max-age=31536000/);
});

test('where a part cannot be fetched, the browser itself goes to the page', async ({ ui, page, problems }) => {
  problems.allow(/console: (TypeError: Failed to fetch|Failed to load resource)/);
  await ui.open('/tokens');
  await page.route('**/secrets.wasm', (route) => route.abort(), { times: 1 });
  await page.getByRole('link', { name: 'Secrets', exact: true }).click();
  await expect(page).toHaveURL('/secrets');
  await ui.hydrated();
  await ui.button('Add Secret').first().click();
  await expect(ui.dialog('Add Secret')).toBeVisible();
});

test('where the part of the first page cannot be fetched, the page says so and does without', async ({
  ui,
  page,
  problems,
}) => {
  problems.allow(/console: (TypeError: Failed to fetch|Failed to load resource)/);
  await page.route('**/secrets.wasm', (route) => route.abort());
  await page.goto('/secrets');
  await expect(page.getByRole('alert').getByText('Something went wrong in this page')).toBeVisible();
  await ui.button('Add Secret').first().click();
  await expect(ui.dialog('Add Secret')).toBeVisible();
});
