// People: an administrator invites three; each does what the role allows and is refused the rest; one is disabled while
// the own page is open, and the page says so.

import type { Console } from './support/console';
import { axe, expect, noJsTest, test } from './support/fixtures';
import type { Secrets } from './support/secrets';

test.use({ installation: 'fresh', who: 'administrator' });

type Newcomer = { name: string; email: string; role: string; password: string };

const vera: Newcomer = {
  name: 'Vera Rubin',
  email: 'vera@example.com',
  role: 'Viewer',
  password: 'galaxies turn too fast',
};
const olga: Newcomer = {
  name: 'Olga Ladyzhenskaya',
  email: 'olga@example.com',
  role: 'Operator',
  password: 'equations that flow on',
};
const max: Newcomer = {
  name: 'Max Born',
  email: 'max@example.com',
  role: 'Delegate Manager',
  password: 'only probabilities here',
};

/** Makes an invitation; gives its link. */
async function invite(ui: Console, secrets: Secrets, { email, role }: Newcomer): Promise<string> {
  await ui.open('/users');
  await ui.button('Invite').click();
  const dialog = ui.dialog('Invite a person');
  await dialog.getByLabel('Email', { exact: true }).fill(email);
  await dialog.getByRole('radio', { name: role, exact: true }).check();
  await dialog.getByRole('button', { name: 'Make invitation link' }).click();
  const link = await takeLink(ui, secrets, 'Invitation link');
  await ui.says(`${email} is invited.`);
  return link;
}

/** The link in the dialog that shows it once. */
async function takeLink(ui: Console, secrets: Secrets, title: string): Promise<string> {
  const shown = ui.dialog(title);
  const link = await shown.getByRole('textbox', { name: title }).inputValue();
  secrets.add(link.slice(link.lastIndexOf('/') + 1));
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  // Where the browser could not copy it, leaving is asked for.
  const anyway = shown.getByRole('button', { name: 'Close anyway' });
  await expect(shown.or(ui.heading('Users')).first()).toBeVisible();
  if (await anyway.isVisible()) await anyway.click();
  await expect(shown).toHaveCount(0);
  return link;
}

/** Takes up an invitation. */
async function comeIn(ui: Console, secrets: Secrets, link: string, { name, password, email }: Newcomer): Promise<void> {
  secrets.add(password);
  await ui.open(link);
  await expect(ui.heading('Welcome to Muster')).toBeVisible();
  await expect(ui.page, 'what makes the link work has left the address').toHaveURL(/\/invitation$/);
  await expect(ui.field('Email')).toHaveValue(email);
  await axe(ui.page);
  await ui.field('Name').fill(name);
  await ui.field('Password').fill('short');
  await ui.button('Come in').click();
  await ui.refuses(ui.field('Password'), /at least 12 characters/);
  await expect(ui.field('Name')).toHaveValue(name);
  await ui.field('Password').fill(password);
  await ui.button('Come in').click();
  await expect(ui.heading('Overview')).toBeVisible();
  await expect(ui.page.getByRole('button', { name: `User menu, ${name}` })).toBeVisible();
}

/** What a server function answers to this person. */
async function call(ui: Console, endpoint: string, form: Record<string, string>): Promise<number> {
  const headers = { Accept: 'application/json' };
  return (await ui.page.request.post(`/api/${endpoint}`, { form, headers, maxRedirects: 0 })).status();
}

test('three are invited, do what their role allows, and one is disabled', async ({
  ui,
  page,
  stranger,
  secrets,
  client,
}) => {
  test.setTimeout(180_000);
  await ui.open('/profiles');
  await ui.createProfile({ name: 'scripted', script: 'date' });
  const id = await client.join({ delegateName: 'edge', hostName: 'edge-1', delegateProfileId: 'scripted' });
  const [asVera, asOlga, asMax] = [await stranger(), await stranger(), await stranger()];

  await test.step('each comes in by a link that works once', async () => {
    for (const [one, person] of [
      [asVera, vera],
      [asOlga, olga],
      [asMax, max],
    ] as const) {
      const link = await invite(ui, secrets, person);
      await expect(ui.row(person.email)).toContainText('Invited');
      await comeIn(one, secrets, link, person);
      // The list hears of it by itself.
      await expect(ui.row(person.name)).toContainText('Active');
      await expect(ui.row(person.name)).toContainText(person.role);
      const late = await stranger();
      await late.open(link);
      await expect(late.heading('This link does not work')).toBeVisible();
      await axe(late.page);
      await late.page.close();
    }
    await axe(page);
  });

  const run = { id, back: '' };
  const token = (name: string) => ({ name });
  const role = { id: '01900000-0000-7000-8000-000000000000', role: 'VIEWER', back: '' };

  await test.step('a viewer looks, and changes nothing', async () => {
    await asVera.go('Delegates');
    await asVera.row('edge').locator('summary').click();
    await expect(asVera.page.getByRole('link', { name: 'Open', exact: true })).toBeVisible();
    await expect(asVera.page.getByRole('button', { name: 'Run script again' })).toHaveCount(0);
    for (const hidden of ['Secrets', 'Users']) {
      await expect(asVera.page.getByRole('link', { name: hidden, exact: true })).toHaveCount(0);
    }
    expect(await call(asVera, 'scripts/run-again', run)).toBe(403);
    expect(await call(asVera, 'tokens/create', token('of-vera'))).toBe(403);
    expect(await call(asVera, 'users/change-role', role)).toBe(403);
  });

  await test.step('an operator runs scripts, and changes nothing', async () => {
    await asOlga.go('Delegates');
    await asOlga.row('edge').locator('summary').click();
    await asOlga.page.getByRole('button', { name: 'Run script again' }).click();
    await asOlga.says('edge is asked to run its startup script again.');
    await asOlga.go('Tokens');
    await expect(asOlga.button('New Token')).toHaveCount(0);
    expect(await call(asOlga, 'tokens/create', token('of-olga'))).toBe(403);
    expect(await call(asOlga, 'delegates/disable', { id, note: 'no', back: '' })).toBe(403);
    expect(await call(asOlga, 'users/change-role', role)).toBe(403);
  });

  await test.step('a manager makes tokens, and manages nobody', async () => {
    await asMax.go('Overview');
    await asMax.createToken('of-max');
    await expect(asMax.page.getByRole('link', { name: 'Users', exact: true })).toHaveCount(0);
    const answer = await asMax.page.goto('/users');
    expect(answer?.status()).toBe(403);
    expect(await call(asMax, 'users/change-role', role)).toBe(403);
  });

  await test.step('another role counts on the page that is open', async () => {
    await asMax.open('/tokens');
    await expect(asMax.button('New Token')).toBeVisible();
    await ui.open('/users');
    await ui.choose(max.name, 'Change role');
    const dialog = ui.dialog(`Role of ${max.name}`);
    await dialog.getByRole('radio', { name: 'Operator', exact: true }).check();
    await dialog.getByRole('button', { name: 'Change role' }).click();
    await ui.says(`${max.email} has another role.`);
    await expect(asMax.button('New Token')).toHaveCount(0);
  });

  await test.step('who is disabled is told by the page that is open', async () => {
    await asVera.open('/delegates');
    await expect(asVera.live.filter({ visible: true })).toHaveText('live');
    await ui.choose(vera.name, 'Disable');
    await ui.dialog(`Disable ${vera.name}?`).getByRole('button', { name: 'Disable', exact: true }).click();
    await ui.says(`${vera.email} is disabled, and signed out everywhere.`);
    await expect(ui.row(vera.name)).toContainText('Disabled');
    await expect(asVera.page.getByText('Your account was disabled.')).toBeVisible();
    await axe(asVera.page);
    await asVera.logIn({ email: vera.email, password: vera.password });
    await expect(asVera.page.getByRole('alert').getByText('You are disabled.')).toBeVisible();
  });

  await test.step('the only administrator stays one', async () => {
    await ui.choose('ada@example.com', 'Delete');
    const dialog = ui.dialog('Delete ada@example.com?');
    await expect(dialog.getByText('This is the only active account administrator.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Delete' })).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: max.name, exact: true }).click();
    await expect(ui.heading(max.name)).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Delegate Manager→Operator');
    await axe(page);
  });
});

test('everybody has an account page, with a password and sessions', async ({ ui, page, stranger, secrets }) => {
  const link = await invite(ui, secrets, vera);
  const [here, there] = [await stranger(), await stranger()];
  await comeIn(here, secrets, link, vera);
  await there.open('/login');
  await there.logIn({ email: vera.email, password: vera.password });
  await expect(there.heading('Overview')).toBeVisible();
  await there.go('Delegates');

  await here.page.getByRole('button', { name: /^User menu/ }).click();
  await here.page.getByRole('link', { name: 'Your account' }).click();
  await expect(here.heading('Your account')).toBeVisible();
  await axe(here.page);
  await here.field('Name').fill('V. Rubin');
  await here.button('Save name').click();
  await here.says('Your name is saved.');
  await expect(here.page.getByRole('button', { name: 'User menu, V. Rubin' })).toBeVisible();

  const next = 'dark matter is out there';
  secrets.add(next);
  await here.field('Current password').fill('not the one I have');
  await here.field('New password').fill(next);
  await here.button('Change password').click();
  await here.refuses(here.field('Current password'), /This is not your password/);
  await here.field('Current password').fill(vera.password);
  await here.field('New password').fill(next);
  await here.button('Change password').click();
  await here.says('Your password is changed.');
  await expect(there.page.getByText('You are not logged in any more.')).toBeVisible();
  await there.logIn({ email: vera.email, password: next });
  await expect(there.heading('Delegates'), 'where one was').toBeVisible();

  await here.button('End all others').click();
  await here.dialog('End all other sessions?').getByRole('button', { name: 'End sessions' }).click();
  await here.says('The sessions are ended.');
  await expect(there.page.getByText('You are not logged in any more.')).toBeVisible();

  // A forgotten password is chosen anew by a link.
  await ui.open('/users');
  await ui.choose('V. Rubin', 'Reset password');
  await ui.dialog('Reset the password of V. Rubin').getByRole('button', { name: 'Make link' }).click();
  const reset = await takeLink(ui, secrets, 'Password reset link');
  const third = 'dust between the stars';
  secrets.add(third);
  await there.open(reset);
  await expect(there.heading('New password')).toBeVisible();
  await axe(there.page);
  await there.field('Password').fill(third);
  await there.button('Set password').click();
  await expect(there.heading('Overview')).toBeVisible();
  await expect(here.page.getByText('You are not logged in any more.')).toBeVisible();
  await expect(page.getByRole('status').getByText('A link was made by which')).toBeVisible();
});

noJsTest.describe('without scripts', () => {
  noJsTest.use({ installation: 'fresh', who: 'administrator' });

  noJsTest('somebody is invited, comes in, and is disabled', async ({ ui, stranger, secrets }) => {
    const link = await invite(ui, secrets, vera);
    const other = await stranger();
    secrets.add(vera.password);
    await other.open(link);
    await other.field('Name').fill(vera.name);
    await other.field('Password').fill('short');
    await other.button('Come in').click();
    await other.refuses(other.field('Password'), /at least 12 characters/);
    await expect(other.field('Name')).toHaveValue(vera.name);
    await other.field('Password').fill(vera.password);
    await other.button('Come in').click();
    await expect(other.heading('Overview')).toBeVisible();
    await ui.open('/users');
    await ui.choose(vera.name, 'Disable');
    await ui.dialog(`Disable ${vera.name}?`).getByRole('button', { name: 'Disable', exact: true }).click();
    await ui.says(`${vera.email} is disabled, and signed out everywhere.`);
    await other.page.goto('/delegates');
    await expect(other.page.getByText('Your account was disabled.')).toBeVisible();
  });
});
