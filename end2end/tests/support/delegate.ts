// A delegate as its owner runs it: the downloaded bundle, unpacked into an empty folder, and its own scripts.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';

const run = promisify(execFile);

export class Delegate {
  private constructor(
    private readonly root: string,
    /** The folder with the scripts and the configuration. */
    readonly folder: string,
  ) {}

  /** Unpacks `harness-delegate.tar.gz`. */
  static async unpack(archive: string): Promise<Delegate> {
    const root = await mkdtemp(join(tmpdir(), 'muster-delegate-'));
    await run('tar', ['-xzf', archive, '-C', root]);
    const [only, ...others] = await readdir(root);
    if (!only || others.length > 0 || !(await stat(join(root, only))).isDirectory()) {
      throw new Error(`the archive should hold one folder, not: ${[only, ...others].join(', ')}`);
    }
    return new Delegate(root, join(root, only));
  }

  /** Runs `./start.sh`, which leaves the delegate running in the background. */
  async start(): Promise<string> {
    return await this.script('start.sh');
  }

  async stop(): Promise<string> {
    return await this.script('stop.sh');
  }

  /** What the delegate has written to `delegate.log`; empty before it starts. */
  async log(): Promise<string> {
    return await readFile(join(this.folder, 'delegate.log'), 'utf8').catch(() => '');
  }

  async waitForLog(pattern: RegExp, timeout = 30_000): Promise<void> {
    await expect.poll(() => this.log(), { message: `delegate.log shows ${pattern}`, timeout }).toMatch(pattern);
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
    const text = await readFile(join(this.folder, 'config-delegate.yml'), 'utf8');
    const value = new RegExp(`^${name}: "?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no ${name} in config-delegate.yml`);
    return value;
  }

  /** Puts another token into `config-delegate.yml`, as the rotation page tells a person to. */
  async setToken(value: string): Promise<void> {
    const file = join(this.folder, 'config-delegate.yml');
    const before = await readFile(file, 'utf8');
    const line = /^(\s*delegateToken:).*$/m;
    if (!line.test(before)) throw new Error(`no delegateToken in config-delegate.yml:\n${before}`);
    await writeFile(file, before.replace(line, (_, key: string) => `${key} ${value}`));
  }

  /** Ends the delegate whatever state it is in, and removes its folder. */
  async cleanup(): Promise<void> {
    for (const pid of await this.pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended between the look and the signal.
      }
    }
    await rm(this.root, { recursive: true, force: true });
  }

  private async script(name: string): Promise<string> {
    // The owner's own MUSTER_… variables must not reach the delegate: it has to live on its bundle alone.
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('MUSTER_')));
    const { stdout, stderr } = await run(`./${name}`, { cwd: this.folder, env, timeout: 30_000 });
    return stdout + stderr;
  }

  /** The processes whose program lies in this folder: no pid file has to be believed. */
  private async pids(): Promise<number[]> {
    const found: number[] = [];
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const program = await readlink(`/proc/${entry}/exe`).catch(() => '');
      if (program.startsWith(`${this.root}/`)) found.push(Number(entry));
    }
    return found;
  }
}
