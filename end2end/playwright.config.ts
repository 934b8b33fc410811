// The browser tests. `cargo xtask e2e` builds what they need and runs them.

import { defineConfig, devices } from '@playwright/test';
import type { ServerOptions } from './tests/support/fixtures';
import { LAN_HOST } from './tests/support/muster';

const chromium = {
  ...devices['Desktop Chrome'],
  launchOptions: {
    // The system's Chromium: Playwright's own download is not to be had everywhere.
    executablePath: process.env['MUSTER_CHROMIUM'] || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`,
      // Without these Chromium calls home, many times a second where it is refused.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
};

/**
 * What the browser draws or keeps, what is packed and what a form says is the same on both databases. The server's own
 * tests run each use case on both.
 */
const ON_ONE_DATABASE = [
  'dist',
  'fleet',
  'frame',
  'input',
  'install',
  'looks',
  'module',
  'second-factor',
  'single-sign-on',
  'translated',
  'unsaved',
  'width',
  'without-javascript',
].map((name) => `**/${name}.spec.ts`);

export default defineConfig<object, ServerOptions>({
  // `bench` has measurements, which are no tests.
  testDir: process.env['MUSTER_E2E_DIR'] || 'tests',
  forbidOnly: !!process.env['CI'],
  workers: 2,
  // A test that passes on the second try has shown a defect, in Muster or in itself.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'sqlite', use: { ...chromium, postgresUrl: '' } },
    // A server with a superuser, in which each Muster gets a database of its own.
    ...(process.env['MUSTER_E2E_POSTGRES_URL']
      ? [
          {
            name: 'postgres',
            use: { ...chromium, postgresUrl: process.env['MUSTER_E2E_POSTGRES_URL'] },
            testIgnore: ON_ONE_DATABASE,
          },
        ]
      : []),
  ],
});
