// A container as bare as one can be: a root folder with the program in it and one empty folder. No library, no shell,
// no /proc, no /dev, no /tmp, no certificates, no user database.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until';

export class Container {
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(private readonly root: string) {}

  /** Makes the root with `/muster` and the empty folder `/data`. */
  static async around(program: string): Promise<Container> {
    const root = await mkdtemp(join(tmpdir(), 'muster-container-'));
    const container = new Container(root);
    await mkdir(join(root, 'data'));
    await copyFile(program, join(root, 'muster'));
    await chmod(join(root, 'muster'), 0o755);
    return container;
  }

  /** Starts the program. It gets these variables and no others. */
  start(args: string[], env: Record<string, string>): void {
    if (this.process) throw new Error('the container runs already');
    const enter = ['chroot', this.root, '/muster', ...args];
    // Only root may change the root; others do so as the root of a namespace of their own.
    const command = process.getuid?.() === 0 ? enter : ['unshare', '--user', '--map-root-user', ...enter];
    const [program = '', ...rest] = command;
    // PATH is for finding chroot.
    const variables = { PATH: process.env['PATH'], ...env };
    const child = spawn(program, rest, { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    child.on('error', (error) => (this.output += `${program} could not be started: ${error.message}\n`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** Everything that the program has written. */
  get log(): string {
    return this.output;
  }

  get isRunning(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** What lies in the root now. */
  async files(folder = '/'): Promise<string[]> {
    return (await readdir(join(this.root, folder))).sort();
  }

  /** Waits for something that needs the program to run, and fails with its log where it has ended. */
  async until(happened: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const ask = async () => {
      if (!this.isRunning) throw new Error(`the program ended before this: ${what}\n${this.output}`);
      return await happened();
    };
    await until(ask, () => `${what}\n${this.output}`, 30_000);
  }

  /** Ends the program as a container engine does; it has to end by itself, and well. */
  async stop(): Promise<void> {
    this.process?.kill('SIGTERM');
    await until(() => !this.isRunning, () => `the program ends after SIGTERM\n${this.output}`);
    const code = this.process?.exitCode;
    if (code !== 0) throw new Error(`the program ended with ${code}\n${this.output}`);
  }

  /** Leaves nothing behind, whatever state the program is in. */
  async discard(): Promise<void> {
    if (this.isRunning) {
      this.process?.kill('SIGKILL');
      await until(() => !this.isRunning, () => 'the program survived SIGKILL');
    }
    await rm(this.root, { recursive: true, force: true });
  }
}
