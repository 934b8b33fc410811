// What all delegates of the tests have: a folder, and a log to wait for.

import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';

export abstract class Logged {
  /** The folder that is the delegate's own. */
  abstract readonly folder: string;

  constructor(protected readonly logFile: string) {}

  /** What the delegate has written; empty before it starts. */
  async log(): Promise<string> {
    return await readFile(this.logFile, 'utf8').catch(() => '');
  }

  async waitForLog(pattern: RegExp, timeout = 30_000): Promise<void> {
    await expect.poll(() => this.log(), { message: `the delegate's log shows ${pattern}`, timeout }).toMatch(pattern);
  }

  /** Ends the delegate whatever state it is in, and removes its folder. */
  abstract cleanup(): Promise<void>;
}
