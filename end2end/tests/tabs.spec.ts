// Many tabs of one browser: over HTTP/1.1 it opens six connections to a server, and streams hold theirs. A shared worker
// has one for all tabs; where there is none, the tab that leads.

import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { Console, isEventStream } from './support/console';
import { expect, test } from './support/fixtures';
import { LAN_HOST } from './support/muster';
import { ada } from './support/people';

test.use({ installation: 'fresh', who: 'administrator' });

/** The streams that pages of a browser have open; Playwright does not see those of shared workers. */
function streamsOf(context: BrowserContext): () => number {
  const streams = new Map<object, Page>();
  context.on('request', (request) => {
    if (isEventStream(new URL(request.url()))) streams.set(request, request.frame().page());
  });
  context.on('requestfinished', (request) => streams.delete(request));
  context.on('requestfailed', (request) => streams.delete(request));
  return () => [...streams.values()].filter((of) => !of.isClosed()).length;
}

type Target = { targetId: string; type: string; url: string; browserContextId?: string };

/** The shared workers that a page's browser runs, as the browser's developer tools see them. */
class Workers {
  private constructor(
    private readonly session: CDPSession,
    private readonly browserContext: string | undefined,
  ) {}

  static async of(page: Page): Promise<Workers> {
    const own = await page.context().newCDPSession(page);
    const { targetInfo } = (await own.send('Target.getTargetInfo')) as { targetInfo: Target };
    const session = await page.context().browser()?.newBrowserCDPSession();
    if (!session) throw new Error('the page has no browser');
    return new Workers(session, targetInfo.browserContextId);
  }

  private async all(): Promise<Target[]> {
    const { targetInfos } = await this.session.send('Target.getTargets');
    return targetInfos.filter((one) => one.type === 'shared_worker' && one.browserContextId === this.browserContext);
  }

  readonly count = async () => (await this.all()).length;

  /** Ends them, as a crash would. */
  async kill(): Promise<void> {
    for (const { targetId } of await this.all()) await this.session.send('Target.closeTarget', { targetId });
  }
}

/** Without a trusted address there is no clipboard, and the dialog asks once more before it closes. */
async function makeToken(tab: Console, name: string): Promise<void> {
  await tab.generateToken(name);
  await tab.button('I have saved it').click();
  await tab.button('Close anyway').click();
  await tab.says(`Token ${name} is created.`);
}

/** Hides a page from its own scripts, or shows it again. */
const hide = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

for (const worker of [true, false]) {
  const how = worker ? 'by a shared worker' : 'without shared workers';

  test(`b16 nine tabs share one stream, and every one of them works, ${how}`, async ({
    ui,
    page,
    secrets,
    hydrated,
    server,
  }) => {
    test.slow();
    if (!worker) await ui.withoutWorker();
    const workers = await Workers.of(page);
    const open = streamsOf(page.context());

    // Plain HTTP, and no address that browsers trust all the same, as 127.0.0.1 is.
    const tokens = `http://${LAN_HOST}:${server.port}/tokens`;
    await ui.open(tokens);
    await ui.logIn(ada);
    await expect(ui.heading('Tokens')).toBeVisible();
    expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false]);
    const tabs = [ui];
    while (tabs.length < 9) {
      const tab = new Console(await page.context().newPage(), secrets, hydrated);
      await tab.open(tokens);
      tabs.push(tab);
    }
    for (const tab of tabs) await expect(tab.live).toHaveText('live');
    await expect.poll(open).toBe(worker ? 0 : 1);
    await expect.poll(workers.count).toBe(worker ? 1 : 0);

    // The buttons of each work, and its news reach all.
    for (const [at, tab] of tabs.entries()) {
      await makeToken(tab, `by-${at}`);
      for (const each of tabs) await expect(each.row(`by-${at}`)).toContainText('Active');
    }

    // Those are closed that were there first, so also the one that leads, if any: nothing is missed.
    const last = tabs[8] ?? ui;
    for (const tab of tabs.slice(0, 4)) await tab.page.close();
    const rest = tabs.slice(4);
    await last.revokeToken('by-8');
    // Rows stay as long as the pointer is among them.
    for (const tab of rest) await tab.page.mouse.move(1, 1);
    for (const tab of rest) await expect(tab.row('by-8')).toHaveCount(0);
    await makeToken(last, 'later');
    for (const tab of rest) await expect(tab.row('later')).toContainText('Active');
    await expect.poll(open).toBe(worker ? 0 : 1);
    for (const tab of rest) await expect(tab.live).toHaveText('live');
  });

  test(`b16 a tab that is hidden hears nothing, and looks again when it is seen, ${how}`, async ({
    ui,
    page,
    another,
  }) => {
    if (!worker) await ui.withoutWorker();
    const open = streamsOf(page.context());
    await ui.open('/tokens');
    await expect(ui.live).toHaveText('live');
    await hide(page, true);
    await expect.poll(open).toBe(0);
    const other = await another();
    await other.open('/tokens');
    await other.createToken('meanwhile');
    await expect(other.row('meanwhile')).toContainText('Active');
    await expect(ui.row('meanwhile')).toHaveCount(0);
    await hide(page, false);
    await expect(ui.row('meanwhile')).toContainText('Active');
    await expect(ui.live).toHaveText('live');
    await other.createToken('afterwards');
    await expect(ui.row('afterwards')).toContainText('Active');
  });

  test(`b16 the tabs of a session that ended hear nothing of the next one, ${how}`, async ({
    ui,
    page,
    secrets,
    hydrated,
  }) => {
    if (!worker) await ui.withoutWorker();
    const workers = await Workers.of(page);
    await ui.open('/tokens');
    const tab = new Console(await page.context().newPage(), secrets, hydrated);
    await tab.open('/tokens');
    await expect(tab.live).toHaveText('live');
    await ui.logOut();
    // The other tab is told that its stream has ended, and finds out why.
    await expect(tab.page).toHaveURL(/\/login\?next=\/tokens/);
    await ui.logIn(ada);
    await ui.go('Tokens');
    await expect(ui.live).toHaveText('live');
    await ui.createToken('of the next one');
    await expect(tab.page).toHaveURL(/\/login/);
    await tab.open('/tokens');
    await expect(tab.live).toHaveText('live');
    await ui.revokeToken('of the next one');
    await expect(tab.row('of the next one')).toHaveCount(0);
    // The worker of the session that ended goes once its tabs do.
    await page.close();
    if (worker) await expect.poll(workers.count).toBe(1);
  });
}

test('b16 where the worker ends, the tabs go on without it', async ({ ui, page, secrets, hydrated }) => {
  const workers = await Workers.of(page);
  const open = streamsOf(page.context());
  const tab = new Console(await page.context().newPage(), secrets, hydrated);
  for (const one of [ui, tab]) {
    await one.open('/tokens');
    await expect(one.live).toHaveText('live');
  }
  await workers.kill();
  await expect.poll(open, { timeout: 30_000 }).toBe(1);
  await ui.createToken('without it');
  await expect(tab.row('without it')).toContainText('Active');
});

test('b16 where the worker cannot start, the tabs go on without it', async ({ ui, page, problems }) => {
  problems.allow(/shared ?worker|worker/i);
  const open = streamsOf(page.context());
  // As where the page is of a build that the server does not have any more.
  await page.addInitScript(() => {
    const Original = window.SharedWorker;
    window.SharedWorker = class extends Original {
      constructor(_url: string | URL, options?: string | WorkerOptions) {
        super('/no-such-file.js', options);
      }
    };
  });
  await ui.open('/tokens');
  await expect(ui.live).toHaveText('live');
  await expect.poll(open).toBe(1);
});

test('b16 a button whose answer does not come says so after ten seconds', async ({ ui, page, problems }) => {
  problems.allow(/net::ERR_/);
  await page.clock.install();
  await ui.open('/tokens');
  await ui.button('New Token').click();
  const dialog = ui.dialog('New Token');
  await dialog.getByLabel('Name', { exact: true }).fill('slow');
  await page.route('**/api/tokens/create', () => {});
  await dialog.getByRole('button', { name: 'Generate New Token' }).click();
  await expect(dialog.getByRole('button', { name: /Generat/ })).toBeDisabled();
  await page.clock.fastForward(11_000);
  await expect(dialog.getByRole('alert')).toContainText('Muster has not answered for 10 seconds.');
  await expect(dialog.getByRole('button', { name: 'Generate New Token' })).toBeEnabled();
  await page.unroute('**/api/tokens/create');
  await dialog.getByRole('button', { name: 'Generate New Token' }).click();
  await ui.takeToken();
});
