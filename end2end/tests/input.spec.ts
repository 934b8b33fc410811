// Bad input in every form: the error stands beside its field, nothing typed is lost, nothing changes. Hostile text is
// text.

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fact } from './support/console';
import { axe, expect, test } from './support/fixtures';
import { Muster } from './support/muster';
import { ada } from './support/people';

const NOBODY = '01890000-0000-7000-8000-000000000000';
const HOSTILE = '"><img src=x onerror=alert(1)> ünïcödé 🦀 evil';

/** Hostile text has become markup or a program where either of these is seen. */
function watchForScripts(page: Page): () => Promise<void> {
  const opened: string[] = [];
  page.on('dialog', (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  return async () => {
    expect(opened).toEqual([]);
    await expect(page.locator('img, main script')).toHaveCount(0);
  };
}

test.describe('before anybody is there', () => {
  test.use({ installation: 'fresh' });

  test('the set-up', async ({ server, ui, page }) => {
    await ui.open('/setup');
    const [code, email, password] = [ui.field('Setup code'), ui.field('Email'), ui.field('Password')];
    await ui.button('Create administrator').click();
    await ui.refuses(email, /Enter an email address/);

    await ui.setUp(server.setupCode, { ...ada, email: 'ada@' });
    await ui.refuses(email, /Enter an email address/);
    await expect(email).toBeFocused();
    await expect(email).toHaveValue('ada@');
    await expect(code).toHaveValue(server.setupCode);
    await expect(password).toHaveValue(ada.password);

    await ui.setUp('WRON-GONE', ada);
    await ui.refuses(code, /This is not the setup code/);
    await expect(email).not.toHaveAttribute('aria-invalid');
    await expect(password).toHaveValue(ada.password);

    await code.fill(server.setupCode);
    await password.fill('short');
    await ui.button('Create administrator').click();
    await ui.refuses(password, /at least 12 characters/);
    await expect(code).toHaveValue(server.setupCode);

    await ui.setUp(` ${server.setupCode.toLowerCase()} `, ada);
    await expect(page).toHaveURL('/');
  });
});

test.describe('at the door', () => {
  test('the log-in tells nobody which part was wrong, and leads to no other site', async ({ server, ui, page }) => {
    await server.sessionOf(ada);
    const wrong = 'The email address or the password is wrong.';
    await ui.open('/login?next=//evil.example');
    for (const person of [
      { ...ada, password: 'none of these words' },
      { email: 'nobody@example.com', password: ada.password },
      { email: HOSTILE, password: ada.password },
    ]) {
      await ui.logIn(person);
      await expect(page.getByRole('alert').getByText(wrong)).toBeVisible();
      await expect(ui.field('Email')).toHaveValue(person.email);
      await expect(ui.field('Password')).toHaveValue(person.password);
    }
    await ui.logIn({ ...ada, email: ` ${ada.email.toUpperCase()} ` });
    await expect(page).toHaveURL('/');
  });

  test('pages lead to the log-in, calls are refused, forms of other sites too', async ({
    server,
    ui,
    page,
    request,
  }) => {
    await server.sessionOf(ada);
    for (const path of ['/delegates', '/tokens/new', `/delegates/${NOBODY}`, '/nothing/here']) {
      await ui.open(path);
      await expect(page).toHaveURL(`/login?next=${path}`);
    }
    const call = { headers: { Accept: 'application/json' }, form: { name: 'x' } };
    expect((await request.post('/api/tokens/create', call)).status()).toBe(401);
    expect((await request.get('/api/events')).status()).toBe(401);
    const foreign = { Accept: 'application/json', Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const signIn = { headers: foreign, form: { ...ada } };
    expect((await request.post('/api/session/sign-in', signIn)).status()).toBe(403);
  });
});

test.describe('inside', () => {
  test.use({ who: 'administrator' });

  test('all that is wrong is told at once, and the first of it has the focus', async ({ ui, page }) => {
    await ui.open('/secrets/new');
    await ui.field('Name').fill('no name');
    await ui.field('Value').fill('short');
    await ui.field('Description').fill('x'.repeat(1001));
    await ui.button('Add Secret').last().click();
    for (const [name, error] of [
      ['Name', /Use letters, digits/],
      ['Value', /at least 6 characters/],
      ['Description', /too long: 1001/],
    ] as const) {
      await ui.refuses(ui.field(name), error);
    }
    await expect(ui.field('Name')).toBeFocused();
    await axe(page);
    // What is put right is not told again; the focus is on what is left.
    await ui.field('Name').fill('right');
    await ui.field('Value').fill('long enough');
    await ui.button('Add Secret').last().click();
    await ui.refuses(ui.field('Description'), /too long/);
    await expect(ui.field('Name')).not.toHaveAttribute('aria-invalid');
    await expect(ui.field('Description')).toBeFocused();
  });

  test('a token', async ({ ui, page }) => {
    await ui.open('/tokens/new');
    const name = ui.field('Name');
    const generate = ui.button('Generate New Token');
    for (const [text, error] of [
      ['', /must not be empty/],
      ['   ', /must not be empty/],
      ['default_token', /There is a token default_token already/],
      ['x'.repeat(65), /too long: 65 characters, at most 64/],
    ] as const) {
      await name.fill(text);
      await generate.click();
      await ui.refuses(name, error);
      await expect(name).toBeFocused();
      await expect(name).toHaveValue(text);
    }
    const expires = ui.field('Expires');
    for (const days of ['99999', '-1', '0', 'soon']) {
      await name.fill('never made');
      // What no browser offers, somebody can still send.
      const last = expires.locator('option').last();
      await last.evaluate((option: HTMLOptionElement, value) => (option.value = value), days);
      await expires.selectOption(days);
      await generate.click();
      await ui.refuses(expires, /./);
      await expect(name).toHaveValue('never made');
    }
    await ui.open('/tokens');
    await expect(ui.row('default_token')).toBeVisible();
    await expect(page.getByText('never made')).toHaveCount(0);
  });

  test('a profile', async ({ ui, page }) => {
    await ui.open('/profiles/new');
    const fields = {
      name: 'half done',
      description: 'some words\nin two lines',
      script: '\n\n#!/bin/sh\necho "</textarea><script>alert(1)</script>" & true\n',
      approval: true,
      selectors: 'one, two',
    };
    for (const [bad, label, error] of [
      [{ name: '' }, 'Name', /must not be empty/],
      [{ name: 'Primary' }, 'Name', /already/],
      [{ name: 'x'.repeat(65) }, 'Name', /too long/],
      [{ description: 'x'.repeat(1001) }, 'Description', /too long/],
      [{ script: 'x'.repeat(64 * 1024 + 1) }, 'Startup Script', /too long/],
      [{ selectors: 'x'.repeat(129) }, 'Selectors', /too long/],
      [{ selectors: Array.from({ length: 51 }, (_, at) => `s${at}`).join(',') }, 'Selectors', /at most 50/],
    ] as const) {
      const tried = { ...fields, ...bad };
      await ui.fillProfile(tried);
      await ui.button('Submit').click();
      await ui.refuses(ui.field(label), error);
      await expect(ui.field('Name')).toHaveValue(tried.name);
      await expect(ui.field('Description')).toHaveValue(tried.description);
      await expect(ui.field('Startup Script')).toHaveValue(tried.script);
      await expect(ui.field('Delegate Requires Approval')).toHaveValue('require');
      await expect(ui.field('Selectors')).toHaveValue(tried.selectors);
    }
    await ui.open('/profiles');
    await expect(ui.row('Primary')).toHaveCount(1);
    await ui.editProfile('Primary');
    await ui.field('Name').evaluate((field) => field.removeAttribute('readonly'));
    await ui.field('Name').fill('Secondary');
    // How many delegates the script would run on depends on who registered before.
    await page.getByRole('button', { name: /^Save/ }).first().click();
    await ui.refuses(ui.field('Name'), /Primary cannot be renamed/);
  });

  test('a profile of hostile text, and of the longest script', async ({ ui, page }) => {
    const assertNoScripts = watchForScripts(page);
    const script = `\n</textarea><script>alert(1)</script>\n`.padEnd(64 * 1024, '0123456789abcdé\n');
    await ui.open('/profiles');
    await ui.createProfile({ name: HOSTILE, description: HOSTILE, script, selectors: HOSTILE });
    for (const open of [ui.reload.bind(ui), () => ui.go('Delegate Profiles')]) {
      await open();
      await expect(ui.row(HOSTILE)).toContainText(HOSTILE);
    }
    await ui.editProfile(HOSTILE);
    for (const open of [async () => {}, ui.reload.bind(ui)]) {
      await open();
      await expect(ui.heading(`Edit ${HOSTILE}`)).toBeVisible();
      await expect(ui.field('Startup Script')).toHaveValue(script);
      await expect(ui.field('Description')).toHaveValue(HOSTILE);
    }
    // Saved as it is, it stays what it was.
    await ui.button('Save').click();
    await ui.says(`Profile ${HOSTILE} is saved.`);
    await ui.editProfile(HOSTILE);
    await expect(ui.field('Startup Script')).toHaveValue(script);
    await ui.open('/profiles');
    await ui.choose(HOSTILE, 'Delete');
    await expect(page.getByRole('dialog').getByRole('heading', { name: HOSTILE })).toBeVisible();
    await assertNoScripts();
  });

  test('a delegate of hostile text', async ({ ui, page, client }) => {
    const assertNoScripts = watchForScripts(page);
    await ui.open('/profiles');
    await ui.createProfile({ name: 'wary', approval: true });
    const name = `<script>alert(1)</script> '$(reboot)`;
    const facts = {
      delegateName: name,
      hostName: `'; reboot; ${HOSTILE}`,
      ip: '</dd><script>alert(1)</script>',
      description: '<b>bold</b>\n</textarea>',
      version: '<i>1</i>',
      tags: ['<u>tag</u>', '{{7*7}}'],
      delegateType: 'DOCKER',
      delegateProfileId: 'wary',
    };
    const id = await client.join(facts);
    await ui.open('/delegates?q=reboot');
    for (const open of [async () => {}, ui.reload.bind(ui)]) {
      await open();
      await expect(ui.row(name)).toContainText(facts.hostName);
      await expect(ui.row(name)).toContainText('<u>tag</u>');
    }
    const panel = await ui.decideOn(name);
    await expect(fact(panel, 'Stated address')).toHaveText(facts.ip);
    await panel.locator('summary').click();
    await panel.getByRole('link', { name: 'Delete', exact: true }).click();
    // The command is to be pasted into a shell.
    const command = `docker rm -f '${name.replace(/'/g, `'\\''`)}'`;
    await expect(ui.dialog(`Delete ${name}?`).getByText(command, { exact: true })).toBeVisible();
    await ui.open(`/delegates/${id}`);
    await expect(ui.heading(name)).toBeVisible();
    await expect(fact(page.getByRole('main'), 'Description')).toContainText('<b>bold</b>');
    await assertNoScripts();
  });

  test('the install files', async ({ ui, page }) => {
    await ui.open('/install/shell');
    const name = ui.field('Name');
    await name.fill('Not-Good');
    const valid = await name.evaluate((field: HTMLInputElement) => field.validity.valid);
    expect(valid, 'the browser knows the rule').toBe(false);

    for (const [kind, bad, label, error] of [
      ['shell', { Name: '' }, 'Name', /Give it a name/],
      ['shell', { Name: 'Not-Good' }, 'Name', /Write n instead of N/],
      ['shell', { Name: 'ends-' }, 'Name', /Leave out the dash at its end/],
      ['shell', { Name: 'x'.repeat(64) }, 'Name', /64 characters. Make it shorter/],
      ['shell', { Description: `${HOSTILE} ${'x'.repeat(1000)}` }, 'Description', /too long/],
      ['shell', { Tags: 'x'.repeat(129) }, 'Tags', /too long/],
      ['docker', { Image: 'two words' }, 'Image', /image/i],
      ['kubernetes', { Image: `$(reboot)"` }, 'Image', /image/i],
      ['ecs', { Hostname: 'under_score' }, 'Hostname', /letters, digits/i],
      ['ecs', { 'Execution role': 'nobody' }, 'Execution role', /arn:/],
    ] as const) {
      await ui.open(`/install/${kind}`);
      const tried = { Name: 'fine', Description: HOSTILE, Tags: 'a, b', ...bad };
      for (const [field, text] of Object.entries(tried)) await ui.field(field).fill(text);
      await ui.button('Continue').click();
      await ui.refuses(ui.field(label), error);
      for (const [field, text] of Object.entries(tried)) await expect(ui.field(field)).toHaveValue(text);
      await expect(page).toHaveURL(new RegExp(`/install/${kind}(\\?|$)`));
    }
  });

  test('addresses of steps that were made up', async ({ ui, page }) => {
    await ui.open('/install/balloon');
    await expect(page.getByRole('alert')).toContainText('There is no such type of delegate');
    for (const query of ['', '?name=Not-Good', `?name=fine&token=${NOBODY}&profile=${NOBODY}`, '?name=fine&token=x%00']) {
      await ui.open(`/install/docker/review${query}`);
      await expect(page.getByRole('alert')).toContainText('There are no files of this setup');
      await ui.button('Back to Delegate Setup').click();
      await expect(ui.heading('Delegate Setup')).toBeVisible();
    }
    await ui.open('/install/docker/verify?name=<script>&since=nonsense');
    await expect(page.getByRole('alert')).toContainText('Nothing was set up to wait for');
    await ui.open('/install/docker/verify?name=fine&since=nonsense');
    await expect(page.getByRole('status').getByText('Waiting for fine')).toBeVisible();
    const key = { params: { key: 'A'.repeat(43) } };
    const answer = await page.request.get('/install/fetch', key);
    expect(answer.status()).toBe(404);
    expect(await answer.text()).toMatch(/^[^<]+\.\s*$/);
  });

  test('the install files, for a token that was revoked meanwhile', async ({ ui, another, problems }) => {
    await ui.open('/tokens');
    await ui.createToken('short-lived');
    const other = await another();
    problems.allow(/ERR_FAILED.*\/api\/events/);
    await other.hearsNothing();
    await other.open('/install/shell');
    await other.field('Name').fill('too-late');
    await other.field('Delegate Token').selectOption({ label: 'short-lived' });
    await ui.revokeToken('short-lived');
    await other.button('Continue').click();
    await other.refuses(other.field('Delegate Token'), /Choose a token that is active/);
    await expect(other.field('Name')).toHaveValue('too-late');
  });

  test('addresses of nothing', async ({ ui, page }) => {
    for (const [path, answer] of [
      ['/nothing/here', /Page not found/],
      ['/delegates/xyz', /./],
      [`/delegates/${NOBODY}`, /not in the list any more/],
      ['/profiles/xyz', /./],
      [`/profiles/${NOBODY}`, /./],
      [`/tokens/${NOBODY}/rotation`, /./],
      ['/tokens/xyz/rotation', /./],
    ] as const) {
      await ui.open(path);
      const main = page.getByRole('main');
      const said = main.getByRole('alert').or(main.getByRole('heading', { name: 'Page not found' }));
      await expect(said).toContainText(answer);
      await expect(page).toHaveTitle(/Muster/);
    }
    for (const path of [
      '/delegates/xyz/reject',
      `/delegates/${NOBODY}/reject`,
      `/delegates/${NOBODY}/delete`,
      `/profiles/${NOBODY}/delete`,
      '/tokens/xyz/revoke',
      `/tokens/${NOBODY}/revoke`,
      `/tokens/${NOBODY}/delete`,
      `/tokens/${NOBODY}/rotate`,
      `/secrets/${NOBODY}/replace`,
      '/secrets/xyz/delete',
    ]) {
      await ui.open(path);
      const dialog = ui.dialog('This is not possible');
      await expect(dialog.getByRole('alert'), path).toContainText(/\w+ \w+/);
      await dialog.getByRole('button', { name: 'Close' }).click();
      await expect(page).toHaveURL(new RegExp(`/${path.split('/')[1]}(/${NOBODY})?$`));
    }
    await ui.open(`/tokens/${NOBODY}/created`);
    await ui.button('Close').click();
    await ui.open('/delegates?status=nonsense&after=nonsense&decide=nonsense&done=nonsense&q=%00%ff%');
    await expect(ui.heading('Delegates')).toBeVisible();
    await expect(ui.live).toHaveText('live');
  });

  test('addresses of nothing have an honest status', async ({ page }) => {
    for (const path of ['/nothing/here', '/delegates/xyz', `/delegates/${NOBODY}`, `/tokens/${NOBODY}/revoke`]) {
      expect.soft((await page.request.get(path)).status(), path).toBe(404);
    }
  });
});

test.describe('settings', () => {
  /** Runs a server that has to refuse to start; gives what it says. */
  async function refusal(environment: Record<string, string>, flags: string[] = [], file?: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'muster-e2e-'));
    try {
      const config = join(folder, 'muster.toml');
      if (file !== undefined) await writeFile(config, file);
      const named = file === undefined ? {} : { MUSTER_CONFIG: config };
      const env = { PATH: process.env['PATH'], MUSTER_LISTEN: '127.0.0.1:0', ...named, ...environment };
      const options = { cwd: folder, env, timeout: 20_000, encoding: 'utf8' } as const;
      const run = spawnSync(Muster.binary, ['serve', ...flags], options);
      expect(run.error, 'it ends by itself').toBeUndefined();
      expect(run.status, run.stdout + run.stderr).not.toBe(0);
      expect(run.stderr).not.toContain('panicked');
      return run.stderr + run.stdout;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  test('a wrong one ends the server, which names it', async () => {
    for (const [environment, flags, file, words] of [
      [{ MUSTER_LISEN: 'x' }, [], undefined, /MUSTER_LISEN is not a setting/],
      [{ MUSTER_LISTEN: '3000' }, [], undefined, /MUSTER_LISTEN.*IP address and a port/],
      [{ MUSTER_PUBLIC_URL: 'muster.example.com' }, [], undefined, /MUSTER_PUBLIC_URL/],
      [{ MUSTER_DATABASE_URL: 'mysql://x' }, [], undefined, /MUSTER_DATABASE_URL.*sqlite/],
      [{ MUSTER_ADMIN_EMAIL: ada.email }, [], undefined, /MUSTER_ADMIN_PASSWORD_FILE is not/],
      [{ MUSTER_SECRET_KEY_FILE: '/nonexistent/key' }, [], undefined, /\/nonexistent\/key/],
      [{}, ['--log', 'x=y=z'], undefined, /MUSTER_LOG/],
      [{}, ['--nonsense'], undefined, /--nonsense/],
      [{}, [], 'lisen = "x"', /lisen in .*muster\.toml is not a setting/],
      [{}, [], 'listen = ', /muster\.toml is not valid TOML/],
      [{ MUSTER_CONFIG: '/nonexistent/muster.toml' }, [], undefined, /\/nonexistent\/muster\.toml cannot be read/],
    ] as const) {
      expect(await refusal(environment, [...flags], file)).toMatch(words);
    }
  });

  test('a port that is taken ends the server, which names it', async ({ muster }) => {
    expect(await refusal({ MUSTER_LISTEN: `127.0.0.1:${muster.port}` })).toContain(`127.0.0.1:${muster.port}`);
  });
});
