// A Muster server as an operator runs it: the built binary, a data folder of its own, signals.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserContextOptions } from '@playwright/test';
import { Database } from './database';
import type { Person } from './people';
import { until } from './until';

/** How the log tells the one-time code of the first start. */
const SETUP_CODE = /setup code[:\s]+([A-Z0-9]{4}(?:-[A-Z0-9]{4})+)/i;

/** Another name of this machine, as one of a network: browsers trust it less than 127.0.0.1. */
export const LAN_HOST = 'muster.test';

const STOP_WITHIN = 10_000;

const run = promisify(execFile);

/** What a browser keeps of a person who is signed in. */
export type Session = Exclude<BrowserContextOptions['storageState'], string | undefined>;

export type MusterOptions = {
  /** A PostgreSQL server to make the database on; without it Muster keeps an SQLite file in its data folder. */
  postgresUrl?: string;
  /** Further configuration, `MUSTER_…`, which may depend on where Muster will be. */
  env?: Record<string, string> | ((url: string) => Promise<Record<string, string>>);
};

export class Muster {
  /** The built binary, also for its other subcommands. */
  static readonly binary = resolve(process.env['MUSTER_BIN'] || join(__dirname, '../../../target/debug/muster'));

  private process: ChildProcess | undefined;
  private output = '';
  private readonly sessions = new Map<string, Session>();

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    private readonly database: Database | undefined,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts a fresh installation and waits until it is ready. */
  static async start(options: MusterOptions = {}): Promise<Muster> {
    const dataDir = await mkdtemp(join(tmpdir(), 'muster-e2e-'));
    const database = options.postgresUrl ? await Database.create(options.postgresUrl) : undefined;
    const port = await freePort();
    const env = typeof options.env === 'function' ? await options.env(`http://127.0.0.1:${port}`) : options.env;
    const muster = new Muster(dataDir, port, database, env ?? {});
    try {
      await muster.launch();
    } catch (error) {
      await muster.discard();
      throw error;
    }
    return muster;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything that the server has written since the first start, without colours. */
  get log(): string {
    return this.output.replaceAll(/\x1b\[[0-9;]*m/g, '');
  }

  get pid(): number {
    if (this.process?.pid === undefined) throw new Error('the server is not running');
    return this.process.pid;
  }

  /** The code that /setup asks for; logged at the first start alone. */
  get setupCode(): string {
    const code = SETUP_CODE.exec(this.log)?.[1];
    if (!code) throw new Error(`no setup code in the log:\n${this.log}`);
    return code;
  }

  /** Makes an administrator at the command line, as one does who has no browser there. */
  async createAdministrator({ email, password }: Person): Promise<void> {
    const file = join(this.dataDir, 'new-password');
    await writeFile(file, password, { mode: 0o600 });
    try {
      await run(Muster.binary, ['admin', 'create', '--email', email, '--password-file', file], this.surroundings());
    } finally {
      await rm(file);
    }
  }

  /** What a command for administrators says at the command line, whether it succeeds or not. */
  async admin(...args: string[]): Promise<string> {
    const told = await run(Muster.binary, ['admin', ...args], this.surroundings()).catch((failed: unknown) => failed);
    const { stdout = '', stderr = '' } = told as { stdout?: string; stderr?: string };
    return stdout + stderr;
  }

  /** Everything that is stored: the files of the data folder, and the database where it is elsewhere. */
  async stored(): Promise<Map<string, Buffer>> {
    const files = (await readdir(this.dataDir, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    const paths = files.map((file) => join(file.parentPath, file.name));
    const stored = new Map<string, Buffer>(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
    return this.database ? stored.set('the database', await this.database.contents()) : stored;
  }

  /**
   * A session of a person, who is made where needed: an administrator, or what else the person is. All tests on this server share it: signing in is slow by
   * intent, and limited.
   */
  async sessionOf(person: Person): Promise<Session> {
    const known = this.sessions.get(person.email);
    if (known) return known;
    const { email, password, role } = person;
    await this.createAdministrator(person);
    if (role) await this.change(`UPDATE "user" SET role = '${role}' WHERE email = '${email}'`);
    const answer = await fetch(`${this.url}/api/session/sign-in`, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams({ email, password }),
      redirect: 'manual',
    });
    await answer.body?.cancel();
    const [, name, value] = /(muster_session)=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
    if (!name || !value) throw new Error(`${person.email} could not sign in: status ${answer.status}`);
    const cookie = { name, value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false };
    const session: Session = { cookies: [{ ...cookie, sameSite: 'Lax' }], origins: [] };
    this.sessions.set(person.email, session);
    return session;
  }

  /** Ends the server as a service manager does; it has to end by itself, and well. */
  async stop(): Promise<void> {
    const child = this.running();
    child.kill('SIGTERM');
    const late = () => `the server did not stop after SIGTERM\n${this.log}`;
    await until(() => hasEnded(child), late, STOP_WITHIN);
    this.process = undefined;
    if (child.exitCode !== 0) {
      throw new Error(`the server ended with ${child.exitCode ?? child.signalCode} instead of 0\n${this.log}`);
    }
  }

  /** Ends the server as a power cut does. */
  async kill(): Promise<void> {
    const child = this.running();
    child.kill('SIGKILL');
    await until(() => hasEnded(child), () => 'the server survived SIGKILL');
    this.process = undefined;
  }

  /** Starts again on the same data and port, after a clean stop where the server still runs. */
  async restart(): Promise<void> {
    if (this.process) await this.stop();
    await this.launch();
  }

  /** Ends the test's use: a clean stop, a clean log, nothing left behind. */
  async finish(): Promise<void> {
    try {
      if (this.process) await this.stop();
      this.assertCleanLog();
    } finally {
      await this.discard();
    }
  }

  /** No panic and no line of level ERROR, whatever the tests did to the server. */
  assertCleanLog(): void {
    const bad = this.log
      .split('\n')
      .filter((line) => /panicked|^\s*(\S+\s+)?ERROR\s|"level":"ERROR"/.test(line));
    if (bad.length > 0) throw new Error(`the server's log has errors:\n${bad.join('\n')}\n\nall of it:\n${this.log}`);
  }

  /** Changes the database behind Muster: to turn time back, or because that takes less time than inviting somebody. */
  async change(statement: string): Promise<void> {
    if (this.database) return await this.database.execute(statement);
    const [file, ...others] = (await readdir(this.dataDir)).filter((name) => /\.(db|sqlite3?)$/.test(name));
    if (!file || others.length > 0) throw new Error('there should be one SQLite file');
    const script = 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as db: db.execute(sys.argv[2])';
    await run('python3', ['-I', '-c', script, join(this.dataDir, file), statement]);
  }

  private async launch(): Promise<void> {
    const child = spawn(Muster.binary, ['serve'], { ...this.surroundings(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    let failure: Error | undefined;
    child.on('error', (error) => (failure = error));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    await until(
      () => {
        if (failure) throw new Error(`${Muster.binary} could not be started: ${failure.message}`);
        if (hasEnded(child)) {
          this.process = undefined;
          throw new Error(`the server ended with ${child.exitCode ?? child.signalCode} at its start\n${this.log}`);
        }
        return this.isReady();
      },
      () => `${this.url}/readyz answers 200\n${this.log}`,
      30_000,
    );
  }

  private surroundings(): { cwd: string; env: NodeJS.ProcessEnv } {
    // The configuration of whoever runs the tests must not reach the server.
    const inherited = Object.entries(process.env).filter(([name]) => !/^(MUSTER_.*|FORCE_COLOR)$/.test(name));
    return {
      // Away from the checkout: the binary needs nothing that lies beside it.
      cwd: this.dataDir,
      env: {
        ...Object.fromEntries(inherited),
        RUST_BACKTRACE: '1',
        NO_COLOR: '1',
        MUSTER_DATA_DIR: this.dataDir,
        MUSTER_LISTEN: `127.0.0.1:${this.port}`,
        ...(this.database ? { MUSTER_DATABASE_URL: this.database.url } : {}),
        ...this.env,
      },
    };
  }

  private async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  private running(): ChildProcess {
    if (!this.process) throw new Error('the server is not running');
    return this.process;
  }

  private async discard(): Promise<void> {
    if (this.process) await this.kill();
    await this.database?.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
