// What is handed out (`cargo xtask dist`): the archive is whole, its charts are charts, and its one program needs
// nothing but itself.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Console } from './support/console';
import { Container } from './support/container';
import { Delegate } from './support/delegate';
import { expect, test } from './support/fixtures';
import { ada } from './support/people';

const run = promisify(execFile);

/** The folder that `cargo xtask dist` made; a build for development is not handed out. */
const dist = process.env['MUSTER_DIST'] ?? '';

test.skip(dist === '', 'MUSTER_DIST names no folder: this is not a release build');
// The archive is the same whatever database the others use.
test.skip(({ postgresUrl }) => postgresUrl !== '', 'tested with SQLite');

let unpacked = '';

test.beforeAll(async () => {
  unpacked = await mkdtemp(join(tmpdir(), 'muster-dist-'));
  await run('tar', ['-xzf', join(dist, await archive()), '-C', unpacked]);
  const [only = ''] = await readdir(unpacked);
  unpacked = join(unpacked, only);
});

test.afterAll(async () => {
  if (unpacked) await rm(join(unpacked, '..'), { recursive: true, force: true });
});

test('the archive is whole, and everything to deploy it with is in it', async () => {
  const files = await readdir(dist);
  const checksums = files.filter((name) => name.endsWith('.sha256')).sort();
  expect(checksums.map((name) => name.replace(/\.sha256$/, ''))).toEqual(
    files.filter((name) => !name.endsWith('.sha256')).sort(),
  );
  await run('sha256sum', ['--check', '--strict', ...checksums], { cwd: dist });

  const name = (await archive()).replace(/\.tar\.gz$/, '');
  expect(unpacked.endsWith(`/${name}`)).toBe(true);
  expect((await readdir(unpacked)).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'deploy', 'muster']);
  for (const path of ['deploy/Dockerfile', 'deploy/systemd/muster.service', 'deploy/helm/muster-delegate/Chart.yaml']) {
    expect((await stat(join(unpacked, path))).isFile(), path).toBe(true);
  }
  const { stdout } = await run(join(unpacked, 'muster'), ['--version']);
  expect(name).toContain(`-${stdout.trim().replace('muster ', '')}-`);
});

test('its charts are installed as they are', async () => {
  const validate = process.env['MUSTER_VALIDATE'] ?? '';
  test.skip(validate === '', 'MUSTER_VALIDATE names no program: Helm is not here');
  const folder = await mkdtemp(join(tmpdir(), 'muster-values-'));
  try {
    const values = join(folder, 'values.yaml');
    for (const [chart, text] of [
      ['muster', 'publicUrl: https://muster.example.com\n'],
      [
        'muster-delegate',
        'accountId: "1"\ndelegateToken: "2"\ndelegateName: edge\nmanagerEndpoint: https://muster.example.com\n',
      ],
    ] as const) {
      const isChart = new RegExp(`^${chart}-[0-9.]+\\.tgz$`);
      const [packed, ...others] = (await readdir(dist)).filter((name) => isChart.test(name));
      expect(others).toEqual([]);
      await writeFile(values, text);
      const { stdout } = await run(validate, ['helm', join(dist, packed ?? chart), values]);
      expect(stdout).toContain('apiVersion: apps/v1');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('its program alone, in an empty container root, serves the console and runs as a delegate', async ({
  browser,
  contextOptions,
  problems,
  secrets,
  hydrated,
}) => {
  test.setTimeout(120_000);
  const program = join(unpacked, 'muster');
  expect(await asksForInterpreter(program), 'it asks for a dynamic linker').toBe(false);

  const manager = await Container.around(program);
  let bundle: Delegate | undefined;
  let delegate: Container | undefined;
  try {
    expect(await manager.files()).toEqual(['data', 'muster']);
    expect(await manager.files('/data')).toEqual([]);
    const address = `127.0.0.1:${await freePort()}`;
    const baseURL = `http://${address}`;
    manager.start(['serve'], { MUSTER_DATA_DIR: '/data', MUSTER_LISTEN: address, NO_COLOR: '1' });
    await manager.until(() => answers(`${baseURL}/readyz`), `${baseURL}/readyz answers 200`);

    const page = await (await fetch(`${baseURL}/setup`)).text();
    const assets = new Map([...page.matchAll(/["'](\/[\w/.-]+\.(js|css|wasm|svg))["']/g)].map(([, path, kind]) => [path, kind]));
    expect([...new Set(assets.values())].sort()).toEqual(['css', 'js', 'svg', 'wasm']);
    for (const path of assets.keys()) {
      // A hash of what it holds: in its name, or in that of the folder whose files name each other.
      expect(path).toMatch(/[./][0-9a-f]{16}[./]/);
      const response = await fetch(baseURL + path);
      expect(response.status, path).toBe(200);
      expect((await response.arrayBuffer()).byteLength, path).toBeGreaterThan(100);
      expect(response.headers.get('cache-control'), path).toContain('immutable');
    }

    const context = await browser.newContext({ ...contextOptions, baseURL });
    problems.watch(context);
    const ui = new Console(await context.newPage(), secrets, hydrated);
    await ui.open('/setup');
    const code = /setup code ([A-Z0-9]{4}(?:-[A-Z0-9]{4})+)/.exec(manager.log)?.[1];
    await ui.setUp(code ?? 'no setup code in the log', ada);
    await expect(ui.page).toHaveURL(`${baseURL}/`);

    // What a shell delegate gets is this very program.
    const setup = { name: 'bare', token: 'default_token', tags: 'empty' };
    const settings = (bundle = await Delegate.unpack(await ui.downloadShellDelegate(setup)));
    secrets.add(await settings.setting('delegateToken'));
    expect((await readFile(join(settings.folder, 'muster'))).equals(await readFile(program))).toBe(true);

    delegate = await Container.around(join(settings.folder, 'muster'));
    delegate.start(['delegate', 'run'], {
      ACCOUNT_ID: await settings.setting('accountId'),
      DELEGATE_TOKEN: await settings.setting('delegateToken'),
      MANAGER_HOST_AND_PORT: await settings.setting('managerUrl'),
      DELEGATE_NAME: await settings.setting('delegateName'),
      DELEGATE_TYPE: 'DOCKER',
      DELEGATE_TAGS: 'empty',
    });
    const running = delegate;
    await running.until(() => /the delegate is connected/.test(running.log), 'the delegate says that it is connected');
    await ui.open('/delegates');
    await expect(ui.row('bare')).toContainText(/(?<!Not )Connected/);
    await expect(ui.row('bare')).toContainText('Docker');
    await expect(ui.row('bare')).toContainText('empty');

    await delegate.stop();
    await expect(ui.row('bare')).toContainText('Not connected');
    await context.close();
    await manager.stop();
    for (const [name, text] of [['manager', manager.log], ['delegate', delegate.log]] as const) {
      secrets.assertAbsent(text, `the log of the ${name}`);
      expect(text).not.toMatch(/panicked|\sERROR\s/);
    }
  } finally {
    await delegate?.discard();
    await bundle?.cleanup();
    await manager.discard();
  }
});

/** The archive's name. */
async function archive(): Promise<string> {
  const [name, ...others] = (await readdir(dist)).filter((file) => file.endsWith('.tar.gz'));
  if (!name || others.length > 0) throw new Error(`${dist} should hold one archive`);
  return name;
}

/** Whether an ELF program names another one that loads its libraries (a segment of type PT_INTERP, 3). */
async function asksForInterpreter(program: string): Promise<boolean> {
  const file = await readFile(program);
  expect(file.subarray(0, 6).toString('latin1'), 'a 64-bit ELF program').toBe('\x7fELF\x02\x01');
  const [start, size, count] = [Number(file.readBigUInt64LE(32)), file.readUInt16LE(54), file.readUInt16LE(56)];
  const kinds = Array.from({ length: count }, (_, index) => file.readUInt32LE(start + index * size));
  expect(kinds, 'segments to load').toContain(1);
  return kinds.includes(3);
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
