// Install files as the tools read that they are made for: what a delegate gets to know by each of them.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './instance';

const run = promisify(execFile);

/** Has files read by the readers that they are meant for, which fails where those refuse; gives what they print. */
export async function validate(...words: string[]): Promise<string> {
  const program = process.env['MUSTER_VALIDATE'];
  if (!program) throw new Error('MUSTER_VALIDATE names no validator: run the browser tests by `cargo xtask e2e`');
  const { stdout } = await run(program, words, { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

/** The environment of the first container in manifests, in a compose file or in a task of ECS. */
export async function environmentIn(file: string): Promise<Environment> {
  return JSON.parse(await validate('environment', file)) as Environment;
}

/** What a script tells `docker run` by `-e`. The script runs for real; Docker only writes down what it is told. */
export async function environmentByDocker(script: string): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-docker-'));
  try {
    const [told, bin] = [join(folder, 'told'), join(folder, 'bin')];
    await mkdir(bin);
    const docker = '#!/bin/sh\n[ "$1" = run ] || exit 0\nprintf \'%s\\0\' "$@" >>"$DOCKER_IS_TOLD"\n';
    await writeFile(join(bin, 'docker'), docker, { mode: 0o755 });
    await run(script, [], { cwd: folder, env: { PATH: `${bin}:${process.env['PATH']}`, DOCKER_IS_TOLD: told } });
    const words = (await readFile(told, 'utf8')).split('\0').slice(0, -1);
    if (words.filter((word) => word === 'run').length !== 1) throw new Error(`${script} does not run one container`);
    const pairs = words.filter((_, at) => words[at - 1] === '-e').map((pair) => pair.split(/=(.*)/s, 2));
    const environment = Object.fromEntries(pairs) as Environment;
    if (Object.keys(environment).length !== pairs.length) throw new Error(`${script} sets a variable twice`);
    return environment;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
