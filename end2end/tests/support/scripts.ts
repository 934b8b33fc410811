// Startup scripts of the tests, and what a delegate's page shows of their runs.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Locator, expect } from '@playwright/test';
import { type Console, fact } from './console';
import type { Logged } from './logged';

/** How a script names a secret. */
export const reference = (name: string) => `\${secrets.getValue("${name}")}`;

/** How often a script has run that ends its runs' lines up in the file `runs`. */
export async function runsOf({ folder }: Logged): Promise<string[]> {
  const text = await readFile(join(folder, 'runs'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** The startup script on the page of a delegate. */
export class ScriptBlock {
  constructor(private readonly ui: Console) {}

  get block(): Locator {
    return this.ui.page.getByRole('region', { name: 'Startup script', exact: true });
  }

  /** What the newest run has written, as the page shows it. */
  get log(): Locator {
    return this.block.getByRole('region', { name: 'Log', exact: true });
  }

  /** A fact of the newest run. */
  fact(name: 'Outcome' | 'Started' | 'Duration' | 'Profile'): Locator {
    return fact(this.block, name);
  }

  /** The outcomes of the runs before the newest. */
  get earlier(): Locator {
    return this.block.getByRole('table').locator('tbody tr:not(:first-child) td:first-child');
  }

  async runAgain(): Promise<void> {
    await this.block.getByRole('button', { name: 'Run again', exact: true }).click();
  }
}

/**
 * Waits, on the delegate's page, until the delegate has sent two more heartbeats: by then it knows of whatever it was
 * to do before, and has begun it.
 */
export async function waitForHeartbeats(ui: Console): Promise<void> {
  const heard = async () => await fact(ui.page.getByRole('main'), 'Last heartbeat').locator('time').last().getAttribute('datetime');
  for (let beats = 0; beats < 2; beats += 1) {
    const before = await heard();
    const again = async () => {
      await ui.reload();
      return await heard();
    };
    await expect.poll(again, { message: 'the last heartbeat', intervals: [200], timeout: 15_000 }).not.toBe(before);
  }
}
