// What every test gets: a running Muster, pages that fail on any error, the people and the delegates.

import AxeBuilder from '@axe-core/playwright';
import { type Page, test as base, expect } from '@playwright/test';
import type { Client } from './client';
import { Console } from './console';
import { Delegates } from './delegates';
import { Muster } from './muster';
import { type Person, ada, bob } from './people';
import { Problems } from './problems';
import { Secrets } from './secrets';
import { Wizard } from './wizard';

/** The project's choice of database; empty means SQLite. */
export type ServerOptions = { postgresUrl: string };

type ServerFixtures = ServerOptions & {
  /** One server for all tests of a worker. */
  muster: Muster;
};

type TestFixtures = {
  /** Whether the test needs a server on which nothing has happened yet, or only one. */
  installation: 'shared' | 'fresh';
  /** Who sits before the browser. */
  who: 'nobody' | 'administrator';
  /** The server that the pages of this test are of. */
  server: Muster;
  problems: Problems;
  secrets: Secrets;
  /** Waits until the page is interactive. Without JavaScript it is so from the start. */
  hydrated: (page: Page) => Promise<void>;
  /** The page of this test, as a console. */
  ui: Console;
  /** A person in another browser: Bob, where nobody else is asked for. */
  another: (person?: Person) => Promise<Console>;
  /** Somebody in another browser, who is not signed in. */
  stranger: () => Promise<Console>;
  delegates: Delegates;
  /** Download Delegate, on the page of this test. */
  wizard: Wizard;
  /** A client of the protocol, for delegates that need no process. */
  client: Client;
};

/** A server's client is the same for all of its tests: what it takes is downloaded once. */
const clients = new WeakMap<Muster, Client>();

export const test = base.extend<TestFixtures, ServerFixtures>({
  postgresUrl: ['', { option: true, scope: 'worker' }],
  installation: ['shared', { option: true }],
  who: ['nobody', { option: true }],

  muster: [
    async ({ postgresUrl }, use) => {
      const muster = await Muster.start({ postgresUrl });
      await use(muster);
      await muster.finish();
    },
    { scope: 'worker' },
  ],

  server: async ({ installation, muster, postgresUrl, secrets }, use, testInfo) => {
    const server = installation === 'fresh' ? await Muster.start({ postgresUrl }) : muster;
    const before = installation === 'fresh' ? 0 : server.log.length;
    try {
      await use(server);
      secrets.assertAbsent("the server's log", server.log);
      server.assertCleanLog();
    } finally {
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server.log', { body: server.log.slice(before) });
      }
      if (installation === 'fresh') await server.finish();
    }
  },

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  storageState: async ({ server, who, secrets }, use) => {
    secrets.add(ada.password);
    await use(who === 'administrator' ? await server.sessionOf(ada) : { cookies: [], origins: [] });
  },

  problems: async ({}, use) => {
    const problems = new Problems();
    await use(problems);
    problems.assertNone();
  },

  secrets: async ({}, use) => {
    await use(new Secrets());
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

  ui: async ({ page, secrets, hydrated }, use) => {
    await use(new Console(page, secrets, hydrated));
  },

  another: async ({ browser, server, contextOptions, problems, secrets, hydrated }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (person = bob) => {
      secrets.add(person.password);
      const storageState = await server.sessionOf(person);
      const context = await browser.newContext({ ...contextOptions, baseURL: server.url, storageState });
      contexts.push(context);
      problems.watch(context);
      return new Console(await context.newPage(), secrets, hydrated);
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  stranger: async ({ browser, server, contextOptions, problems, secrets, hydrated }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async () => {
      const storageState = { cookies: [], origins: [] };
      const context = await browser.newContext({ ...contextOptions, baseURL: server.url, storageState });
      contexts.push(context);
      problems.watch(context);
      return new Console(await context.newPage(), secrets, hydrated);
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  // Asks for the server, so that the delegates end before it does.
  delegates: async ({ server: _, secrets }, use, testInfo) => {
    const delegates = new Delegates(secrets);
    try {
      await use(delegates);
      await delegates.assertCleanLogs();
    } finally {
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('delegates.log', { body: await delegates.logs() });
      }
      await delegates.cleanup();
    }
  },

  wizard: async ({ ui, delegates }, use) => {
    await use(new Wizard(ui, delegates));
  },

  client: async ({ server, another, delegates }, use) => {
    let client = clients.get(server);
    if (!client) {
      const ui = await another(ada);
      await ui.open('/delegates');
      client = await delegates.clientFrom(await ui.downloadShellDelegate({ name: 'client', token: 'default_token' }));
      clients.set(server, client);
      await ui.page.close();
    }
    await use(client);
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
  // The test goes on, so that one run tells all that is to be mended.
  expect.soft(report.join('\n\n'), `accessibility of ${page.url()}`).toBe('');
}

export { expect };
