// A delegate as a container engine runs it: the program, the environment of an install file, and nothing else.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAllOf } from './delegate';
import { Logged } from './logged';
import { Muster } from './muster';
import { until } from './until';

export type Environment = Record<string, string>;

export class Instance extends Logged {
  private process: ChildProcess | undefined;

  private constructor(
    /** Its working directory, where it keeps its state. */
    readonly folder: string,
    readonly environment: Environment,
  ) {
    super(join(folder, 'log'));
  }

  static async create(environment: Environment): Promise<Instance> {
    return new Instance(await mkdtemp(join(tmpdir(), 'muster-instance-')), environment);
  }

  /** Starts it. `more` is what somebody adds by hand. */
  async start(more: Environment = {}): Promise<void> {
    const log = await open(this.logFile, 'a');
    try {
      // What every image has: the rest has to come from the install file.
      const image = { PATH: process.env['PATH'] ?? '', HOME: this.folder, NO_COLOR: '1' };
      const child = spawn(Muster.binary, ['delegate', 'run'], {
        cwd: this.folder,
        env: { ...image, ...this.environment, ...more },
        stdio: ['ignore', log.fd, log.fd],
      });
      this.process = child;
      await new Promise((started, failed) => child.once('spawn', started).once('error', failed));
    } finally {
      await log.close();
    }
  }

  /** Ends it as container engines do; it has to end by itself, and well. */
  async stop(): Promise<void> {
    const child = this.process;
    if (!child) throw new Error('the delegate does not run');
    child.kill('SIGTERM');
    await until(() => child.exitCode !== null || child.signalCode !== null, () => 'the delegate ended after SIGTERM');
    this.process = undefined;
    if (child.exitCode !== 0) {
      throw new Error(`the delegate ended with ${child.exitCode ?? child.signalCode}\n${await this.log()}`);
    }
  }

  async cleanup(): Promise<void> {
    if (this.process?.exitCode === null) this.process.kill('SIGKILL');
    await killAllOf(this.folder);
    await rm(this.folder, { recursive: true, force: true });
  }
}
