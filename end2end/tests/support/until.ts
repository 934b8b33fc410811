// Waiting for something outside the browser, where Playwright's own waiting does not reach.

import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is neither false nor undefined; past the time limit, fails with what `describe` says. */
export async function until<T>(
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  describe: () => string,
  milliseconds = 15_000,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds / 1000} s: ${describe()}`);
    await delay(50);
  }
}
