// Lists that are live: they change in place and stay calm, in every tab, also after the server was away.

import { expect, test } from './support/fixtures';
import { ada } from './support/people';

test.use({ installation: 'fresh', who: 'administrator' });

const name = (at: number) => `edge-${String(at).padStart(2, '0')}`;
const facts = (at: number) => ({ delegateName: name(at), hostName: `host-${at}`, tags: at % 2 ? ['odd'] : ['even'] });

test('paging, searching and filtering live in the address', async ({ ui, page, client }) => {
  for (let at = 1; at <= 55; at += 1) await client.join(facts(at));
  await client.unregister(await client.join(facts(7)), facts(7));

  await test.step('paging', async () => {
    await ui.open('/delegates');
    await expect(page.getByText('1–50 of 55 delegates')).toBeVisible();
    await expect(ui.row(name(55))).toBeVisible();
    await expect(ui.row(name(5))).toHaveCount(0);
    await expect(ui.button('Previous')).toBeDisabled();
    await ui.button('Next').click();
    await expect(page).toHaveURL(/\?after=/);
    await expect(page.getByText('51–55 of 55 delegates')).toBeVisible();
    await ui.reload();
    for (let at = 1; at <= 5; at += 1) await expect(ui.row(name(at))).toBeVisible();
    await expect(ui.row(name(6))).toHaveCount(0);
    await expect(ui.button('Next')).toBeDisabled();
    await ui.button('Previous').click();
    await expect(ui.row(name(55))).toBeVisible();
    await expect(page.getByText('1–50 of 55 delegates')).toBeVisible();
    await page.goBack();
    await expect(ui.row(name(1))).toBeVisible();
  });

  await test.step('searching', async () => {
    await ui.open('/delegates');
    const search = page.getByRole('searchbox', { name: 'Search' });
    await page.keyboard.press('/');
    await expect(search).toBeFocused();
    const assertStayed = ui.stays();
    await page.keyboard.type('host-2');
    await expect(page).toHaveURL('/delegates?q=host-2');
    await expect(page.getByText('11 delegates')).toBeVisible();
    await expect(search).toBeFocused();
    // News while somebody types touch neither the field nor the cursor in it.
    await client.join({ ...facts(61), hostName: 'host-231' });
    await expect(page.getByText('12 delegates')).toBeVisible();
    await page.keyboard.type('31');
    await expect(page.getByText('1 delegate', { exact: true })).toBeVisible();
    await expect(ui.row(name(61))).toBeVisible();
    assertStayed();
    await ui.reload();
    await expect(search).toHaveValue('host-231');
    await expect(page.getByText('1 delegate', { exact: true })).toBeVisible();
    await search.fill('no such thing');
    await expect(page.getByText('No delegate matches')).toBeVisible();
    await ui.button('Clear filters').click();
    await expect(page).toHaveURL('/delegates');
    await expect(search).toHaveValue('');
    for (const odd of ['%', '_', '\\', '  EDGE-01  host ']) {
      await search.fill(odd);
      const shown = odd.trim() === odd ? 'No delegate matches' : '1 delegate';
      await expect(page.getByText(shown, { exact: true })).toBeVisible();
    }
  });

  await test.step('filtering by status', async () => {
    await ui.open('/delegates?q=even');
    await ui.tab('Connected');
    await expect(page).toHaveURL('/delegates?q=even&status=connected');
    await expect(page.getByText('27 delegates')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    await expect(page).toHaveURL('/delegates?status=connected');
    await ui.tab('Not connected');
    await expect(page).toHaveURL('/delegates?status=not-connected');
    await expect(ui.row(name(7))).toBeVisible();
    await expect(page.getByText('1 delegate', { exact: true })).toBeVisible();
    await ui.reload();
    await expect(page.getByRole('link', { name: /^Not connected/ })).toHaveAttribute('aria-current', 'page');
    await expect(ui.row(name(7))).toBeVisible();
    // It leaves this list by itself when it is back.
    await client.join(facts(7));
    await expect(page.getByText('No delegate matches')).toBeVisible();
  });
});

test('rows keep their places while somebody is about to press something', async ({ ui, page, client }) => {
  const ids = [];
  for (let at = 1; at <= 5; at += 1) ids.push(await client.join(facts(at)));
  await ui.open('/delegates');
  await expect(ui.live).toHaveText('live');
  const place = async (at: number) => (await ui.row(name(at)).boundingBox())?.y;
  const order = () => page.locator('tbody .main-cell a').allTextContents();
  expect(await order()).toEqual([5, 4, 3, 2, 1].map(name));
  await page.mouse.move(1, 1);
  await ui.row(name(3)).getByText('host-3').hover();
  const before = await place(3);

  await client.join(facts(6));
  await expect(page.getByText('6 delegates')).toBeVisible();
  expect(await order(), 'new ones come last meanwhile').toEqual([5, 4, 3, 2, 1, 6].map(name));
  await client.unregister(ids[4] ?? '', facts(5));
  await expect(ui.row(name(5))).toContainText('Not connected');
  expect(await place(3)).toBe(before);

  await page.mouse.move(1, 1);
  await expect.poll(order).toEqual([6, 5, 4, 3, 2, 1].map(name));

  // The same for somebody at the keyboard.
  await ui.row(name(3)).locator('summary').focus();
  await client.join(facts(7));
  await expect(page.getByText('7 delegates')).toBeVisible();
  expect(await order()).toEqual([6, 5, 4, 3, 2, 1, 7].map(name));
  await expect(ui.row(name(3)).locator('summary')).toBeFocused();
});

test('tabs see each other’s changes, and what happened while the server was away', async ({
  ui,
  page,
  another,
  client,
  problems,
  server,
}) => {
  const other = await another(ada);
  await ui.open('/tokens');
  await other.open('/tokens');
  await expect(other.live).toHaveText('live');
  const assertStayed = other.stays();
  await ui.createToken('twin');
  await expect(other.row('twin')).toContainText('Active');
  await ui.revokeToken('twin');
  await expect(other.row('twin')).toHaveCount(0);
  await ui.createProfile({ name: 'patient', approval: true });
  await other.go('Delegate Profiles');
  await expect(other.row('patient')).toContainText('Required');

  await ui.go('Delegates');
  await other.go('Delegates');
  const badge = other.page.getByRole('navigation').getByText('waiting for approval');
  const one = { ...facts(1), delegateProfileId: 'patient' };
  await client.join(one);
  await expect(badge).toHaveCount(1);
  await ui.approve(name(1));
  await expect(other.row(name(1))).toContainText(/(?<!Not )Connected/);
  await expect(badge).toHaveCount(0);
  assertStayed();

  problems.allow(/net::ERR_/);
  const assertBothStayed = [ui.stays(), other.stays()];
  await server.stop();
  await expect(ui.live).toHaveText('reconnecting…');
  await expect(other.live).toHaveText('reconnecting…');
  const lost = page.getByRole('status').getByText('The connection to Muster is lost');
  await expect(lost).toBeInViewport();
  await expect(ui.row(name(1)), 'what is known stays').toBeVisible();
  await server.restart();
  await client.join(facts(2));
  await expect(ui.row(name(2))).toBeVisible();
  await expect(other.row(name(2))).toBeVisible();
  await expect(ui.live).toHaveText('live');
  await expect(lost).toBeHidden();
  await expect(page.getByText('Muster was updated.')).toBeHidden();
  assertBothStayed.forEach((assert) => assert());
});

test('a session that ended elsewhere leads to the log-in and back', async ({ ui, page, problems, server }) => {
  // With its stream the page would leave by itself, before anything is pressed; `tabs` tests that.
  problems.allow(/ERR_FAILED.*\/api\/events/);
  await ui.hearsNothing();
  await ui.open('/login');
  const elsewhere = await page.context().newPage();
  await ui.open('/tokens?revoked=1');
  await elsewhere.goto('/delegates');
  await elsewhere.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  await elsewhere.getByRole('button', { name: 'User menu' }).click();
  await elsewhere.getByRole('button', { name: 'Log out' }).click();
  await expect(elsewhere).toHaveURL('/login?ended=by-you');
  await ui.button('New Token').click();
  await expect(page).toHaveURL(/^[^?]*\/login\?next=\/tokens/);
  await ui.logIn(ada);
  await expect(page).toHaveURL(/\/tokens/);
  expect(server.log).not.toContain('panicked');
});
