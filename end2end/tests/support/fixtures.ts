// What every test gets: a running Muster, pages that fail on any error, and two helpers.

import AxeBuilder from '@axe-core/playwright';
import { type Page, test as base, expect } from '@playwright/test';
import { Muster } from './muster';
import { Problems } from './problems';

/** The project's choice of database; empty means SQLite. */
export type ServerOptions = { postgresUrl: string };

type ServerFixtures = ServerOptions & {
  /** One server for all tests of a worker. A test that needs an empty one starts its own. */
  muster: Muster;
};

type TestFixtures = {
  problems: Problems;
  /** Waits until the page is interactive. Without JavaScript it is so from the start. */
  hydrated: (page: Page) => Promise<void>;
};

export const test = base.extend<TestFixtures, ServerFixtures>({
  postgresUrl: ['', { option: true, scope: 'worker' }],

  muster: [
    async ({ postgresUrl }, use) => {
      const muster = await Muster.start({ postgresUrl });
      await use(muster);
      await muster.finish();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ muster }, use) => {
    await use(muster.url);
  },

  problems: async ({}, use) => {
    const problems = new Problems();
    await use(problems);
    problems.assertNone();
  },

  context: async ({ context, problems }, use) => {
    problems.watch(context);
    await use(context);
  },

  hydrated: async ({ javaScriptEnabled }, use) => {
    await use(async (page) => {
      if (javaScriptEnabled !== false) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
    });
  },
});

/** The same for a browser without JavaScript: every page has to work there too. */
export const noJsTest = test.extend({ javaScriptEnabled: false });

/**
 * No violation of WCAG 2.1 AA or of axe's best practices, on the page as it is now. Axe is itself a script: in a
 * `noJsTest` it would wait for ever.
 */
export async function axe(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const report = violations.map(({ id, impact, help, nodes }) => {
    const places = nodes.map((node) => `    ${node.target.join(' ')}: ${node.html}\n      ${node.failureSummary}`);
    return `${id} (${impact}): ${help}\n${places.join('\n')}`;
  });
  expect(report.join('\n\n'), `accessibility of ${page.url()}`).toBe('');
}

export { expect };
