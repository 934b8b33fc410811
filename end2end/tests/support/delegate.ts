// A delegate as its owner runs it: the downloaded bundle, unpacked into an empty folder, and its own scripts.

import { execFile } from 'node:child_process';
import { readFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpack } from './files';
import { Logged } from './logged';

const run = promisify(execFile);

export class Delegate extends Logged {
  private constructor(
    private readonly root: string,
    /** The folder with the scripts and the configuration. */
    readonly folder: string,
  ) {
    super(join(folder, 'delegate.log'));
  }

  /** Unpacks `harness-delegate.tar.gz`. */
  static async unpack(archive: string): Promise<Delegate> {
    const { root, folder } = await unpack(archive, 'muster-delegate-');
    return new Delegate(root, folder);
  }

  /** Runs `./start.sh`, which leaves the delegate running in the background. */
  async start(): Promise<string> {
    return await this.script('start.sh');
  }

  async stop(): Promise<string> {
    return await this.script('stop.sh');
  }

  /** The process id of the delegate that runs from this folder. */
  async pid(): Promise<number> {
    const [pid, ...others] = await this.pids();
    if (pid === undefined || others.length > 0) {
      throw new Error(`${others.length + (pid === undefined ? 0 : 1)} delegates run here\n${await this.log()}`);
    }
    return pid;
  }

  async isRunning(): Promise<boolean> {
    return (await this.pids()).length > 0;
  }

  /** The memory that the delegate holds, in kB. */
  async rssKb(): Promise<number> {
    const status = await readFile(`/proc/${await this.pid()}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (!kilobytes) throw new Error('/proc tells no memory');
    return Number(kilobytes);
  }

  /** What `config-delegate.yml` says. */
  async setting(name: string): Promise<string> {
    const text = await readFile(this.config, 'utf8');
    const value = new RegExp(`^${name}: "?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no ${name} in config-delegate.yml`);
    return value;
  }

  /** Writes a setting over the one in `config-delegate.yml`, under another name where one is given. */
  async set(name: string, value: string | number, as = name): Promise<void> {
    const before = await readFile(this.config, 'utf8');
    const line = new RegExp(`^${name}:.*$`, 'm');
    if (!line.test(before)) throw new Error(`no ${name} in config-delegate.yml`);
    await writeFile(this.config, before.replace(line, () => `${as}: ${value}`));
  }

  /** Puts another token into `config-delegate.yml`, as the rotation page tells a person to. */
  async setToken(value: string): Promise<void> {
    await this.set('delegateToken', value);
  }

  async cleanup(): Promise<void> {
    await killAllOf(this.root);
    await rm(this.root, { recursive: true, force: true });
  }

  private get config(): string {
    return join(this.folder, 'config-delegate.yml');
  }

  private async script(name: string): Promise<string> {
    // The owner's own MUSTER_… variables must not reach the delegate: it has to live on its bundle alone.
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('MUSTER_')));
    const { stdout, stderr } = await run(`./${name}`, { cwd: this.folder, env, timeout: 30_000 });
    return stdout + stderr;
  }

  /** The processes whose program lies in this folder: no pid file has to be believed. */
  private async pids(): Promise<number[]> {
    return await processes('exe', this.root);
  }
}

/** Ends whatever runs a program of a folder or works in it: a delegate, and what its scripts have left behind. */
export async function killAllOf(folder: string): Promise<void> {
  for (const pid of [...(await processes('exe', folder)), ...(await processes('cwd', folder))]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the signal.
    }
  }
}

async function processes(link: 'exe' | 'cwd', folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const target = await readlink(`/proc/${entry}/${link}`).catch(() => '');
    if (target === folder || target.startsWith(`${folder}/`)) found.push(Number(entry));
  }
  return found;
}
