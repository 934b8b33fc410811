// Organizations and projects: an administrator makes them, a delegate registers in one, and people whose role counts there
// alone see and decide what is theirs, and nothing else; also without scripts.

import type { Page } from '@playwright/test';
import type { Console } from './support/console';
import { axe, expect, noJsTest, test } from './support/fixtures';

test.use({ installation: 'fresh', who: 'administrator' });

const EDGE = '/orgs/platform/projects/edge';

async function makes(ui: Console, label: string, name: string): Promise<void> {
  await ui.button(`New ${label}`).first().click();
  const dialog = ui.dialog(`New ${label}`);
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await axe(ui.page);
  await dialog.getByRole('button', { name: `Create ${label}` }).click();
  await expect(dialog).toHaveCount(0);
}

/** Goes to another scope by the switch in the header. */
async function switchTo(page: Page, identifiers: string): Promise<void> {
  const menu = page.locator('details.scope-switch');
  await menu.locator('summary').click();
  await menu.getByRole('link').filter({ has: page.getByText(identifiers, { exact: true }) }).click();
}

test('a project has what is its own, and its people see no more', async ({ ui, page, stranger, secrets, client }) => {
  test.setTimeout(120_000);
  await ui.open('/');
  await ui.go('Organizations & Projects');
  await expect(page.getByText('No organizations yet')).toBeVisible();
  await axe(page);
  await makes(ui, 'organization', 'Platform');
  await ui.says('Organization Platform is created.');
  await expect(ui.row('Platform')).toContainText('platform');

  await test.step('a project is made where the organization is', async () => {
    await switchTo(page, 'platform');
    await expect(page).toHaveURL('/orgs/platform/organizations');
    await expect(page.getByText('No projects yet')).toBeVisible();
    await makes(ui, 'project', 'Edge');
    await ui.says('Project Edge is created.');
    await switchTo(page, 'platform/edge');
    await expect(page).toHaveURL(`${EDGE}/organizations`);
    await ui.go('Tokens');
    await expect(page).toHaveURL(`${EDGE}/tokens`);
    await expect(page.getByText('inherited from the account')).toBeVisible();
    await axe(page);
  });

  const token = await ui.createToken('of-edge');
  await ui.go('Delegate Profiles');
  await ui.createProfile({ name: 'checked', approval: true });
  const facts = { delegateName: 'edge-fra-1', hostName: 'fra-1', delegateProfileId: 'checked' };
  await client.with(token).join(facts);

  await test.step('who waits there is seen from elsewhere', async () => {
    await ui.open('/delegates');
    await expect(page.getByText('No delegates yet')).toBeVisible();
    await expect(page.locator('.scope-switch .badge').first()).toContainText('1');
  });

  const people = [
    { name: 'Vera Rubin', email: 'vera@example.com', role: 'Viewer', at: 'platform/edge', password: 'galaxies turn fast' },
    { name: 'Max Born', email: 'max@example.com', role: 'Delegate Manager', at: 'platform', password: 'only probabilities' },
  ];
  const [vera, max] = await Promise.all(
    people.map(async ({ password }) => {
      secrets.add(password);
      return stranger();
    }),
  );
  for (const [index, person] of people.entries()) {
    await ui.open('/users');
    await ui.button('Invite').click();
    const dialog = ui.dialog('Invite a person');
    await dialog.getByLabel('Email', { exact: true }).fill(person.email);
    await dialog.getByRole('radio', { name: person.role, exact: true }).check();
    await dialog.getByLabel('Where', { exact: true }).selectOption(person.at);
    await axe(page);
    await dialog.getByRole('button', { name: 'Make invitation link' }).click();
    const shown = ui.dialog('Invitation link');
    const link = await shown.getByRole('textbox', { name: 'Invitation link' }).inputValue();
    secrets.add(link.slice(link.lastIndexOf('/') + 1));
    const one = index === 0 ? vera : max;
    if (!one) throw new Error('there are two');
    await one.open(link);
    await one.field('Name').fill(person.name);
    await one.field('Password').fill(person.password);
    await one.button('Come in').click();
    await expect(one.heading('Overview')).toBeVisible();
  }
  if (!vera || !max) throw new Error('there are two');

  await test.step('a viewer of the project is led there, and sees nothing else', async () => {
    await expect(vera.page).toHaveURL(EDGE);
    await vera.go('Delegates');
    await expect(vera.row('edge-fra-1')).toBeVisible();
    await expect(vera.button('Pending Approval')).toHaveCount(0);
    await vera.go('Tokens');
    await expect(vera.row('of-edge')).toBeVisible();
    await expect(vera.page.getByText('inherited')).toHaveCount(0);
    expect((await vera.page.goto('/delegates'))?.status()).toBe(403);
    expect((await vera.page.goto('/orgs/platform/delegates'))?.status()).toBe(404);
    await expect(vera.page.getByText('There is nothing at this address')).toBeVisible();
    await axe(vera.page);
  });

  await test.step('a manager of the organization decides in its projects', async () => {
    await expect(max.page).toHaveURL('/orgs/platform');
    await max.go('Delegates');
    await switchTo(max.page, 'platform/edge');
    await expect(max.page).toHaveURL(`${EDGE}/delegates`);
    await max.row('edge-fra-1').getByRole('button', { name: 'Pending Approval' }).click();
    await max.page.getByRole('button', { name: 'Approve', exact: true }).click();
    await max.says('edge-fra-1 is approved.');
    await expect(max.page).toHaveURL(new RegExp(`^[^?]*${EDGE}/delegates`));
    await max.page.locator('summary').getByText('Export').click();
    const file = max.page.waitForEvent('download');
    await max.page.getByRole('link', { name: 'As CSV' }).click();
    expect((await file).suggestedFilename()).toMatch(/\.csv$/);
    expect((await max.page.request.get('/delegates/export.csv')).status(), 'of the account').toBe(403);
  });

  await test.step('what is not empty stays, and a role that is taken away counts at once', async () => {
    await ui.open('/organizations');
    await ui.choose('Edge', 'Delete');
    const dialog = ui.dialog('Delete Edge?');
    await expect(dialog.getByText(/it has 1 delegate, 1 other token, 1 profile/)).toBeVisible();
    await axe(page);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await vera.open(`${EDGE}/delegates`);
    await expect(vera.row('edge-fra-1')).toBeVisible();
    await ui.open('/users');
    await page.getByRole('link', { name: 'Vera Rubin', exact: true }).click();
    await expect(page.getByRole('row', { name: /platform\/edge/ }).first()).toContainText('Viewer');
    await axe(page);
    await ui.button('Add role').click();
    const add = ui.dialog('Add a role of Vera Rubin');
    await add.getByLabel('Where', { exact: true }).selectOption('platform');
    await add.getByRole('button', { name: 'Add role' }).click();
    await ui.says('vera@example.com has another role.');
    await page.getByLabel('Actions for the role at platform/edge').and(page.locator('summary')).click();
    await page.getByRole('link', { name: 'Take away' }).click();
    await ui.dialog('Take a role of Vera Rubin away?').getByRole('button', { name: 'Take away' }).click();
    await expect(page.getByRole('row', { name: /platform\/edge/ })).toHaveCount(1);
    await page.getByLabel('Actions for the role at platform').and(page.locator('summary')).click();
    await page.getByRole('link', { name: 'Take away' }).click();
    await ui.dialog('Take a role of Vera Rubin away?').getByRole('button', { name: 'Take away' }).click();
    await expect(page.getByText(/This is the only role of vera@example.com/)).toBeVisible();
  });
});

noJsTest('the scope is switched without scripts', async ({ page }) => {
  await page.goto('/organizations/new');
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByLabel('Identifier', { exact: true }).fill('a b');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await expect(page.getByText('An identifier begins with a letter')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Platform');
  await page.getByLabel('Identifier', { exact: true }).fill('platform');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await expect(page.getByText('Organization Platform is created.')).toBeVisible();
  await page.goto('/tokens');
  await switchTo(page, 'platform');
  await expect(page).toHaveURL('/orgs/platform/tokens');
  await page.getByRole('link', { name: 'New Token' }).or(page.getByRole('button', { name: 'New Token' })).first().click();
  await page.getByLabel('Name', { exact: true }).fill('of-platform');
  await page.getByRole('button', { name: 'Generate' }).click();
  await expect(page).toHaveURL(/\/orgs\/platform\/tokens\/[\w-]+\/created/);
});
