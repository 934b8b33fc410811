// Download Delegate, every way: the files are made in the browser, read by the tools that they are for, and what they
// hold starts a real delegate, which the page sees come.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, noJsTest, test } from './support/fixtures';
import { fact } from './support/console';
import { WAYS, type Way } from './support/ways';

const run = promisify(execFile);

test.use({ who: 'administrator', permissions: ['clipboard-read', 'clipboard-write'] });

/** In the order of the list; in each type one of them, in each generation two or three. */
const CAREFUL = new Set(['shell-first', 'docker-next', 'kubernetes-next', 'ecs-first', 'helm-first']);
/** For these a new token is made on the way. */
const NEW_TOKEN = new Set(['docker-next', 'kubernetes-first']);

const slug = (way: Way) => `${way.kind}-${way.generation === 'Next generation' ? 'next' : 'first'}`;

/** Whether all files come at once. */
const isArchive = (way: Way) => way.whole.endsWith('.tar.gz');

function wayOf(name: string): Way {
  const way = WAYS.find((one) => slug(one) === name);
  if (!way) throw new Error(`there is no way ${name}`);
  return way;
}

const wayfarers = { careful: 'gate (requires approval)', open: 'open door' };

test.beforeEach(async ({ ui }) => {
  await ui.open('/profiles');
  await expect(ui.row('Primary')).toBeVisible();
  if ((await ui.row('open door').count()) === 0) {
    await ui.createProfile({ name: 'gate', approval: true, selectors: 'behind-the-gate' });
    await ui.createProfile({ name: 'open door' });
  }
});

for (const way of WAYS) {
  const name = slug(way);

  test(`${way.label}, ${way.generation.toLowerCase()}`, async ({ ui, page, wizard, delegates, secrets }) => {
    test.setTimeout(90_000);
    const careful = CAREFUL.has(name);
    const [profile, profileName] = careful ? [wayfarers.careful, 'gate'] : [wayfarers.open, 'open door'];
    const tags = [`${name}-tag`, 'two words'];
    const setup = { name, profile, description: 'At the "edge": 50 % of it', tags: tags.join(', ') };
    const token = NEW_TOKEN.has(name) ? `${name}-token` : 'default_token';

    await wizard.choose(way);
    if (NEW_TOKEN.has(name)) {
      await wizard.fill(way, setup);
      const value = await wizard.addToken(token);
      await expect(ui.dialog('New Token').getByRole('status')).toContainText('in your clipboard');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(value);
      await ui.button('I have saved it').click();
      await expect(ui.dialog('New Token')).toHaveCount(0);
      await wizard.expectSetup({ ...setup, token });
      secrets.assertAbsent('the setup', await page.content());
    } else {
      await wizard.fill(way, { ...setup, token });
    }

    await wizard.review();
    const main = page.getByRole('main');
    await expect(fact(main, 'Profile')).toContainText(careful ? 'Requires approval' : profileName);
    await expect(fact(main, 'Delegate Token')).toHaveText(token);
    const tabs = page.getByRole('navigation', { name: 'Files' }).getByRole('link');
    await expect(tabs).toHaveText(way.shown);
    const files = await wizard.download(way);
    await way.validate(files);

    // The delegate's settings, as its own install file gives them: then the token is known, to be searched for.
    const environment = await way.environment?.(files);
    const delegate = environment
      ? await delegates.run(environment)
      : await delegates.unpack(files.downloaded);
    for (const file of way.shown) {
      await wizard.show(file);
      const downloaded = await wizard.downloadOne(file);
      const sum = createHash('sha256').update(downloaded).digest('hex');
      await expect(main.locator('.files .checksum'), file).toContainText(`echo '${sum}  ${file}' | sha256sum -c`);
      if (isArchive(way) || file === way.whole) expect(downloaded, file).toBe(await files.text(file));
      expect(await wizard.copyOne(file), `${file}, copied`).toBe(downloaded);
      await expect(wizard.code(file)).toHaveText(/\S/);
      secrets.assertAbsent(`${file} on the page`, await page.content());
    }
    await ui.reload();
    await expect(tabs).toHaveText(way.shown);
    secrets.assertAbsent('the review', await page.content());

    await wizard.verify();
    await expect(wizard.state).toHaveText(`Waiting for ${name}`);
    await expect(wizard.part('Waiting for the delegate')).toContainText('It usually takes seconds');
    const assertStayed = ui.stays();
    await delegate.start();
    if (careful) await wizard.approve(name);
    await wizard.expectConnected(name);
    await expect(wizard.part('Pending Approval')).toContainText(careful ? 'Approved by' : 'does not require approval');
    assertStayed();
    secrets.assertAbsent('the last step', await page.content());

    await ui.button('Done').click();
    await expect(ui.heading('Delegates')).toBeVisible();
    const row = ui.row(name);
    await expect(row).toContainText(/(?<!Not )Connected/);
    for (const text of [way.label, profileName, token, ...tags]) await expect(row).toContainText(text);
    await page.getByRole('link', { name, exact: true }).click();
    await expect(fact(main, 'Type')).toHaveText(way.label);
    await expect(fact(main, 'Description')).toHaveText(setup.description);
    await expect(fact(main, 'Token')).toHaveText(token);
    await delegate.stop();
    await expect(main).toContainText('Not connected');
  });
}

test('hostile text arrives as it is', async ({ ui, page, wizard, delegates }) => {
  test.setTimeout(90_000);
  const opened: string[] = [];
  page.on('dialog', (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  const description = [
    'It\'s "quoted" $(touch pwned) `touch pwned` ${HOME} $HOME $$ \\" %s !! # &',
    '</script><script>alert(1)</script> - {a: [b], *c} | >',
    'ünïcödé 漢字 🦀 \u2028 end',
  ].join('\n');
  const tag = '"; touch pwned; \'$(id)';
  for (const name of ['docker-first', 'kubernetes-next']) {
    const way = wayOf(name);
    const setup = { name: `hostile-${way.kind}`, description, tags: tag, profile: wayfarers.open, token: 'default_token' };
    await wizard.choose(way);
    await wizard.fill(way, setup);
    await wizard.review();
    const files = await wizard.download(way);
    await way.validate(files);
    const environment = (await way.environment?.(files)) ?? {};
    expect(environment['DELEGATE_DESCRIPTION']).toBe(description);
    const delegate = await delegates.run(environment);
    await wizard.verify();
    await delegate.start();
    await wizard.expectConnected(setup.name);
    await wizard.part('Connected').getByRole('link', { name: setup.name, exact: true }).click();
    await expect(ui.heading(setup.name)).toBeVisible();
    for (const look of [async () => {}, ui.reload.bind(ui)]) {
      await look();
      const main = page.getByRole('main');
      await expect(fact(main, 'Selectors')).toContainText(tag);
      expect(await fact(main, 'Description').textContent()).toBe(description);
    }
    await delegate.stop();
  }
  expect(opened).toEqual([]);
});

test('a next-generation container answers the probes of its engine', async ({ ui, page, wizard, delegates }) => {
  const way = wayOf('kubernetes-next');
  await wizard.choose(way);
  await wizard.fill(way, { name: 'probed', profile: wayfarers.open, token: 'default_token' });
  await wizard.review();
  const files = await wizard.download(way);
  expect(await files.text('harness-delegate.yaml')).toMatch(/path: \/api\/health\s+port: 3460/);
  const delegate = await delegates.run((await way.environment?.(files)) ?? {});
  await wizard.verify();
  await delegate.start();
  await wizard.expectConnected('probed');
  let port = 3460;
  if (/health probes on port 3460 are not answered/.test(await delegate.log())) {
    // Another test's delegate has the port: this one takes the way out that its log names.
    await delegate.stop();
    port = await freePort();
    await delegate.start({ HEALTH_PORT: String(port) });
    await ui.open('/delegates?q=probed');
    await expect(ui.row('probed')).toContainText(/(?<!Not )Connected/);
  }
  const answer = await page.request.get(`http://127.0.0.1:${port}/api/health`);
  expect(answer.status()).toBe(200);
  expect(await answer.json()).toEqual({ status: 'healthy' });
  await delegate.stop();
});

for (const name of ['shell-next', 'docker-next']) {
  test(`the line for a shell works once: ${name}`, async ({ ui, page, wizard, delegates, secrets }) => {
    const way = wayOf(name);
    await wizard.choose(way);
    await wizard.fill(way, { name: `${name}-by-link`, profile: wayfarers.open, token: 'default_token' });
    await wizard.review();
    const files = await wizard.download(way);
    if (way.kind === 'shell') await delegates.unpack(files.downloaded);

    await ui.button('Get a download link').click();
    const line = page.getByRole('main').locator('code').getByText(/^curl /).first();
    await expect(line).toBeVisible();
    await expect(page.getByText('Whoever has this line gets')).toBeVisible();
    const command = await line.innerText();
    secrets.assertAbsent('the page with the link', await page.content());
    // The key is not in the address, which stays in the browser's history.
    const key = /key=([\w-]+)/.exec(command)?.[1] ?? 'no key';
    expect(key.length).toBeGreaterThan(40);
    expect(page.url()).not.toContain(key);
    secrets.add(key);

    const assertStayed = ui.stays();
    const folder = await mkdtemp(join(tmpdir(), 'muster-curl-'));
    try {
      const shell = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } };
      await run('sh', ['-c', command], shell);
      await expect(page.getByText(/^This link was used/)).toContainText('127.0.0.1');
      await expect(line).toHaveCount(0);
      assertStayed();
      const fetched = await delegates.keep(way.whole, join(folder, way.whole));
      await run('diff', ['-r', files.folder, fetched.folder]);

      // For a few minutes this host can fetch it again, as it may not have arrived whole; nobody else can.
      await run('sh', ['-c', command], shell);
      const elsewhere = command.replace('curl ', 'curl --interface 127.0.0.2 ');
      const again = await run('sh', ['-c', elsewhere], shell).catch((error: { code: number; stderr: string }) => error);
      expect('code' in again ? again.code : 0, 'curl gives up').toBe(22);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await ui.reload();
    await expect(page.getByText(/^This link was used/)).toBeVisible();
    expect(await page.content()).not.toContain(key);
  });
}

test('one line fetches the files and starts the delegate, named after its host', async ({ ui, page, wizard, secrets }) => {
  const way = wayOf('shell-next');
  await wizard.choose(way);
  await wizard.fill(way, { name: 'by-line', profile: wayfarers.open, token: 'default_token' });
  await wizard.review();
  await ui.field('For how many hosts').fill('2');
  await ui.button('Get a download link').click();
  const line = page.getByRole('main').locator('code').getByText(/^\{ curl /);
  const command = await line.innerText();
  secrets.add(/key=([\w-]+)/.exec(command)?.[1] ?? 'no key');
  const folder = await mkdtemp(join(tmpdir(), 'muster-line-'));
  const shell = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } };
  try {
    await run('sh', ['-c', command], shell);
    await expect(page.getByText('1 of 2 hosts have fetched.')).toBeVisible();
    const { stdout } = await run('hostname');
    const name = `by-line-${stdout.trim().split('.')[0]?.toLowerCase().replace(/[^a-z0-9]/g, '-')}`.slice(0, 63);
    await ui.go('Delegates');
    await expect(page.getByRole('row').filter({ hasText: 'by-line-' })).toContainText(/(?<!Not )Connected/, { timeout: 20_000 });
    await expect(page.getByRole('main')).toContainText(name);
  } finally {
    await run('sh', ['-c', 'cd harness-delegate && ./stop.sh'], shell);
    await rm(folder, { recursive: true, force: true });
  }
});

test('after five minutes, the page says what it may be', async ({ ui, page, wizard }) => {
  const way = wayOf('kubernetes-next');
  await wizard.choose(way);
  await wizard.fill(way, { name: 'never-comes', profile: wayfarers.open, token: 'default_token' });
  await wizard.review();
  await wizard.verify();
  const waiting = wizard.part('Waiting for the delegate');
  await expect(waiting).toContainText('It usually takes seconds');
  await expect(waiting.getByRole('listitem')).toHaveCount(0);

  const since = (minutes: number) => {
    const url = new URL(page.url());
    url.searchParams.set('since', String(Date.now() - minutes * 60_000));
    return `${url.pathname}${url.search}`;
  };
  await ui.open(since(6));
  await expect(waiting).toContainText('Nothing has been heard for more than five minutes.');
  await expect(waiting.getByRole('listitem').first()).toContainText('ImagePullBackOff');
  for (const cause of ['does not reach Muster', 'token is refused', 'clock of its host is wrong']) {
    await expect(waiting).toContainText(cause);
  }
  // The page turns over by itself, too.
  await ui.open(since(4.95));
  const assertStayed = ui.stays();
  await expect(waiting).toContainText('Nothing has been heard for more than five minutes.');
  assertStayed();
});

noJsTest.describe('without JavaScript', () => {
  noJsTest.use({ who: 'administrator' });

  for (const name of ['shell-next', 'docker-first']) {
    noJsTest(name, async ({ ui, page, wizard, delegates, secrets }) => {
      noJsTest.setTimeout(90_000);
      const way = wayOf(name);
      const setup = {
        name: `plain-${name}`,
        profile: wayfarers.careful,
        description: 'Without a script: "quoted" & <b>bold</b>\nin two lines',
        tags: 'plain, two words',
      };
      const token = `plain-${name}-token`;
      await wizard.choose(way);
      await wizard.fill(way, { ...setup, name: 'Not-Good' });
      await ui.button('Continue').click();
      await ui.refuses(ui.field('Name'), /Write n instead of N/);
      await wizard.fill(way, setup);
      await ui.button('New token').click();
      await ui.dialog('New Token').getByRole('button', { name: 'Generate New Token' }).click();
      await ui.refuses(ui.dialog('New Token').getByLabel('Name', { exact: true }), /must not be empty/);
      await ui.button('Cancel').click();
      await wizard.expectSetup(setup);
      const value = await wizard.addToken(token);
      await ui.button('I have saved it').click();
      await wizard.expectSetup({ ...setup, token });
      secrets.assertAbsent('the setup', await page.content());

      await wizard.review();
      const files = await wizard.download(way);
      await way.validate(files);
      for (const file of way.shown) {
        await wizard.show(file);
        const downloaded = await wizard.downloadOne(file);
        const sum = createHash('sha256').update(downloaded).digest('hex');
        await expect(page.locator('.files .checksum'), file).toContainText(`echo '${sum}  ${file}' | sha256sum -c`);
        expect(downloaded, file).toBe(await files.text(file));
        secrets.assertAbsent(file, await page.content());
      }
      const environment = await way.environment?.(files);
      const delegate = environment ? await delegates.run(environment) : await delegates.unpack(files.downloaded);
      if (environment) expect(environment['DELEGATE_TOKEN']).toBe(value);
      await ui.button('Get a download link').click();
      await expect(page.getByRole('main').locator('code').getByText(/^curl /).first()).toBeVisible();

      await wizard.verify();
      await expect(wizard.state).toHaveText(`Waiting for ${setup.name}`);
      await delegate.start();
      // The page asks again by itself.
      await wizard.approve(setup.name);
      await wizard.expectConnected(setup.name);
      await ui.button('Done').click();
      for (const text of [way.label, 'gate', token, 'two words']) await expect(ui.row(setup.name)).toContainText(text);
      await delegate.stop();
    });
  }
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
