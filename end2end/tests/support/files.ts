// Install files as a person has them after the download: unpacked where it is an archive.

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Unpacks an archive, which has to hold one folder, into a new one. */
export async function unpack(archive: string, prefix: string): Promise<{ root: string; folder: string }> {
  const root = await mkdtemp(join(tmpdir(), prefix));
  await run('tar', ['-xzf', archive, '-C', root]);
  const [only, ...others] = await readdir(root);
  if (!only || others.length > 0 || !(await stat(join(root, only))).isDirectory()) {
    throw new Error(`the archive should hold one folder, not: ${[only, ...others].join(', ')}`);
  }
  return { root, folder: join(root, only) };
}

export class Files {
  private constructor(
    private readonly root: string,
    /** The folder that they lie in. */
    readonly folder: string,
    /** What was downloaded, as it came. */
    readonly downloaded: string,
  ) {}

  /** Takes what a browser has downloaded under a name. */
  static async of(name: string, path: string): Promise<Files> {
    if (name.endsWith('.tar.gz')) {
      const { root, folder } = await unpack(path, 'muster-files-');
      return new Files(root, folder, path);
    }
    const root = await mkdtemp(join(tmpdir(), 'muster-files-'));
    const folder = join(root, 'files');
    await mkdir(folder);
    await copyFile(path, join(folder, name));
    return new Files(root, folder, path);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async text(name: string): Promise<string> {
    return await readFile(this.path(name), 'utf8');
  }

  async cleanup(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
