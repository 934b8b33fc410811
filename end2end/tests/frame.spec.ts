// What surrounds every page: its title and icon, the way around, the theme, and what is said where there is no page.

import { axe, expect, noJsTest, test } from './support/fixtures';
import { ada } from './support/people';

test.use({ installation: 'fresh', who: 'administrator' });

const waits = { delegateName: 'waits', hostName: 'h', delegateProfileId: 'careful' };

test('the tab says how many wait for a decision', async ({ ui, page, client }) => {
  const icon = page.locator('head link[rel=icon]');
  await ui.open('/profiles');
  await ui.createProfile({ name: 'careful', approval: true });
  await ui.go('Tokens');
  await expect(page).toHaveTitle('Tokens · Muster');
  await expect(icon).toHaveAttribute('href', /^\/favicon\.[0-9a-f]+\.svg$/);
  // The page hears of it by itself.
  await client.join(waits);
  await expect(page).toHaveTitle('(1) Tokens · Muster');
  await expect(icon).toHaveAttribute('href', /^\/favicon-waiting\.[0-9a-f]+\.svg$/);
  await ui.go('Delegates');
  await ui.approve('waits');
  await expect(page).toHaveTitle('Delegates · Muster');
  await expect(icon).toHaveAttribute('href', /^\/favicon\.[0-9a-f]+\.svg$/);
});

test('the typeface is of Muster itself, and kept', async ({ ui, page }) => {
  const font = page.waitForResponse((response) => response.url().endsWith('.woff2'));
  await ui.open('/tokens');
  const headers = await (await font).allHeaders();
  expect(headers['content-type']).toBe('font/woff2');
  expect(headers['cache-control']).toMatch(/max-age=31536000/);
  expect(new URL((await font).url()).pathname).toMatch(/^\/inter\.[0-9a-f]{16}\.woff2$/);
  const faces = () => page.evaluate(async () => [...(await document.fonts.ready)].map((face) => [face.family, face.status]));
  expect(await faces()).toContainEqual(['Inter', 'loaded']);
});

test('a theme is chosen without losing what is typed, and stays', async ({ ui, page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  const scheme = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await ui.open('/profiles/new');
  const light = await scheme();
  await ui.field('Name').fill('half-typed');
  await page.getByRole('button', { name: /^User menu/ }).click();
  await ui.button('Dark').click();
  await expect(ui.button('Dark')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(scheme).not.toBe(light);
  await expect(ui.field('Name')).toHaveValue('half-typed');
  await axe(page);
  await ui.open('/tokens');
  expect(await scheme()).not.toBe(light);
  await page.getByRole('button', { name: /^User menu/ }).click();
  await ui.button('System').click();
  await expect.poll(scheme).toBe(light);
});

test('what is not there is said in the frame, which leads on', async ({ ui, page, problems }) => {
  problems.allow(/404/);
  for (const [path, way, heading] of [
    ['/no/such/page', 'Go to Delegates', 'Delegates'],
    ['/delegates/xyz', 'Go to the list', 'Delegates'],
    ['/profiles/01900000-0000-7000-8000-000000000000', 'Go to the list', 'Delegate Profiles'],
  ] as const) {
    await ui.open(path);
    await expect(page.getByText('or the link is incomplete')).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await ui.button(way).click();
    await expect(ui.heading(heading)).toBeVisible();
  }
});

test('on a phone the way around shows where one is', async ({ ui, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const section of ['Overview', 'Delegates', 'Delegate Profiles', 'Tokens', 'Secrets'] as const) {
    await ui.open('/delegates');
    await ui.go(section);
    const tabs = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    for (const tab of await tabs.filter({ visible: true }).all()) await expect(tab).toBeInViewport({ ratio: 1 });
  }
  for (const rest of ['Audit Trail', 'Users']) {
    await page.getByRole('button', { name: /^User menu/ }).click();
    await page.getByRole('link', { name: rest, exact: true }).click();
    await expect(ui.heading(rest)).toBeVisible();
  }
});

test('what leads to a page is a link, and what opens something is a button', async ({ ui, page, context }) => {
  await ui.open('/delegates');
  const download = page.getByRole('link', { name: 'Download Delegate' }).first();
  await expect(download).toHaveAttribute('href', '/install');
  const opened = context.waitForEvent('page');
  await download.click({ modifiers: ['ControlOrMeta'] });
  await expect((await opened).getByRole('heading', { level: 1, name: 'Download Delegate' })).toBeVisible();
  await ui.open('/tokens');
  const opener = page.getByRole('button', { name: 'New Token', exact: true });
  await opener.focus();
  await page.keyboard.press('Space');
  await expect(ui.dialog('New Token')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
});

test('keys, times and buttons say more to who asks', async ({ ui, page }) => {
  await ui.open('/tokens');
  await page.keyboard.press('?');
  await expect(ui.heading2('Keyboard shortcuts')).toBeVisible();
  await axe(page);
  await page.keyboard.press('Escape');
  await expect(ui.heading2('Keyboard shortcuts')).toBeHidden();

  // In the zone and the words of the person, and not in UTC.
  const time = ui.row('default_token').locator('time').first();
  await time.hover();
  await expect(time).toHaveAttribute('title', /\d{4}, \d{1,2}:\d{2}:\d{2}.+(AM|PM) /);

  // What was pressed turns while an answer takes long, and stays as wide.
  await ui.button('New Token').click();
  await expect(ui.field('Name'), 'a form begins with its first field').toBeFocused();
  await page.keyboard.type('slow');
  const button = ui.dialog('New Token').locator('footer .btn.primary');
  const before = await button.boundingBox();
  let answer = () => {};
  await page.route('**/api/tokens/create', async (route) => {
    await new Promise<void>((resolve) => (answer = resolve));
    await route.continue();
  });
  await page.keyboard.press('Enter');
  await expect(button).toHaveAttribute('data-working', '');
  await expect(button).toHaveAccessibleName('Generating…');
  expect(await button.boundingBox()).toEqual(before);
  answer();
  await ui.takeToken();
});

test.describe('far from Greenwich', () => {
  const timeZone = 'Pacific/Auckland';
  test.use({ timezoneId: timeZone });

  test('also a day that is far away is one of the zone of who looks', async ({ ui, page }) => {
    // In the afternoon of Greenwich the next day has begun in Auckland.
    const day = new Date(Date.now() + 200 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    await ui.open('/tokens/new');
    await ui.field('Name').fill('far');
    await ui.field('Expires').selectOption({ label: 'On a date…' });
    await ui.field('Date and time').fill(`${day}T13:30`);
    await ui.button('Generate New Token').click();
    await ui.takeToken();
    await ui.button('I have saved it').click();
    const there = new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(`${day}T13:30:00Z`));
    expect(there).not.toBe(day);
    const time = ui.row('far').locator('td[data-label=Expiry] time');
    await expect(time).toHaveText(there);
    await time.hover();
    await expect(time).toHaveAttribute('title', /, 1:30:00.AM|, 2:30:00.AM/);
    await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
  });
});

test('the entrance says why one is there', async ({ ui, page }) => {
  await ui.open('/tokens');
  await ui.logOut();
  await expect(page.getByText('You are logged out.')).toBeVisible();
  await axe(page);
  await ui.logIn(ada);
  await expect(ui.heading('Overview')).toBeVisible();
  await page.context().clearCookies({ name: 'muster_session' });
  await page.goto('/tokens');
  await expect(page.getByText('You are not logged in any more.')).toBeVisible();
});

noJsTest.describe('without scripts', () => {
  noJsTest.use({ installation: 'fresh', who: 'administrator' });

  noJsTest('a theme is chosen', async ({ page }) => {
    await page.goto('/tokens?revoked=1');
    await page.getByRole('button', { name: /^User menu/ }).click();
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await page.waitForURL('/tokens?revoked=1');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });
});
