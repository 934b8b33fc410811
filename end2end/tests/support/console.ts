// The console as a person uses it: what several tests do on its pages, by the words that are on them.

import { type Locator, type Page, expect } from '@playwright/test';
import type { Person } from './people';
import type { Secrets } from './secrets';

export type ProfileFields = {
  name: string;
  description?: string;
  script?: string;
  approval?: boolean;
  selectors?: string;
};

export type DelegateSetup = {
  name: string;
  description?: string;
  /** As the choice shows it: with `(requires approval)` where it does. */
  profile?: string;
  token?: string;
  tags?: string;
};

type Section =
  | 'Overview'
  | 'Delegates'
  | 'Delegate Profiles'
  | 'Tokens'
  | 'Secrets'
  | 'Users'
  | 'Organizations & Projects';

/** Whether this is where a page, or the worker of all tabs, gets its events. */
export const isEventStream = (url: URL) => url.pathname === '/api/events';

export class Console {
  constructor(
    readonly page: Page,
    private readonly secrets: Secrets,
    private readonly whenHydrated: (page: Page) => Promise<void>,
  ) {}

  /** Waits until the page is interactive. */
  async hydrated(): Promise<void> {
    await this.whenHydrated(this.page);
  }

  /** Opens an address and waits until the page is interactive. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.hydrated();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.hydrated();
  }

  /** Goes to a section by the navigation. */
  async go(section: Section): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: section, exact: true }).click();
    await expect(this.heading(section)).toBeVisible();
    await this.hydrated();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  heading2(name: string): Locator {
    return this.page.getByRole('heading', { level: 2, name, exact: true });
  }

  /** What looks like a button: one, or a link to another page. */
  button(name: string): Locator {
    const link = this.page.getByRole('link', { name, exact: true }).and(this.page.locator('.btn'));
    return this.page.getByRole('button', { name, exact: true }).or(link);
  }

  field(name: string): Locator {
    return this.page.getByLabel(name, { exact: true });
  }

  dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name, exact: true });
  }

  /** The row of a list whose first column shows the name. */
  row(name: string): Locator {
    const first = this.page.locator('td.main-cell, td:first-child').getByText(name, { exact: true });
    return this.page.getByRole('row').filter({ has: first });
  }

  /** Chooses from the menu of a row, or of a page. */
  async choose(name: string, entry: string): Promise<void> {
    await this.page.getByLabel(`Actions for ${name}`, { exact: true }).and(this.page.locator('summary')).click();
    await this.page.locator('details[open]').getByRole('link', { name: entry, exact: true }).click();
  }

  /** Shows the delegates of a status. */
  async tab(status: string): Promise<void> {
    const tabs = this.page.getByRole('navigation', { name: 'Status', exact: true });
    await tabs.getByRole('link', { name: new RegExp(`^${status}`) }).click();
  }

  /** Waits for the sentence above a page that says what was just done. */
  async says(sentence: string): Promise<void> {
    await expect(this.page.getByRole('status').getByText(sentence)).toBeVisible();
  }

  /** Pages that are opened from now on do not use the worker that has the event stream of all tabs. */
  async withoutWorker(): Promise<void> {
    await this.page.context().addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'));
  }

  /** Pages that are opened from now on show what was there when they were opened. */
  async hearsNothing(): Promise<void> {
    // Playwright does not see what a shared worker asks for.
    await this.withoutWorker();
    await this.page.context().route(isEventStream, (route) => route.abort());
  }

  /** What stands below a list: `live`, or what is in its place while the stream is broken. */
  get live(): Locator {
    return this.page.locator('[data-stream]');
  }

  async setUp(code: string, person: Person): Promise<void> {
    this.secrets.add(person.password);
    await this.field('Setup code').fill(code);
    await this.field('Email').fill(person.email);
    await this.field('Password').fill(person.password);
    await this.button('Create administrator').click();
  }

  async logIn(person: Person): Promise<void> {
    this.secrets.add(person.password);
    await this.field('Email').fill(person.email);
    await this.field('Password').fill(person.password);
    await this.button('Log in').click();
  }

  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'User menu' }).click();
    await this.button('Log out').click();
    await expect(this.heading('Log in')).toBeVisible();
    await this.hydrated();
  }

  /** Makes a token, good for as long as a choice of the form says, and leaves the dialog open that shows its value. */
  async generateToken(name: string, expires?: string): Promise<string> {
    await this.go('Tokens');
    await this.button('New Token').click();
    const dialog = this.dialog('New Token');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    if (expires) await dialog.getByLabel('Expires', { exact: true }).selectOption({ label: expires });
    await dialog.getByRole('button', { name: 'Generate New Token' }).click();
    return await this.takeToken();
  }

  /** The value in the dialog that shows it once. */
  async takeToken(): Promise<string> {
    const value = await this.dialog('New Token').getByLabel('Token value').inputValue();
    expect(value).toMatch(/^[0-9a-f]{32}$/);
    this.secrets.add(value);
    return value;
  }

  async createToken(name: string, expires?: string): Promise<string> {
    const value = await this.generateToken(name, expires);
    await this.button('I have saved it').click();
    await this.says(`Token ${name} is created.`);
    return value;
  }

  async revokeToken(name: string): Promise<void> {
    await this.go('Tokens');
    await this.choose(name, 'Revoke');
    await this.dialog(`Revoke ${name}?`).getByRole('button', { name: 'Revoke', exact: true }).click();
    await this.says(`Token ${name} is revoked.`);
  }

  async fillProfile(fields: ProfileFields): Promise<void> {
    await this.field('Name').fill(fields.name);
    await this.field('Description').fill(fields.description ?? '');
    // Chromium takes most of a minute to type thousands of lines.
    const script = this.field('Startup Script');
    await script.evaluate((field: HTMLTextAreaElement, text) => (field.value = text), fields.script ?? '');
    await this.field('Delegate Requires Approval').selectOption(fields.approval ? 'require' : 'off');
    await this.field('Selectors').fill(fields.selectors ?? '');
  }

  async createProfile(fields: ProfileFields): Promise<void> {
    await this.go('Delegate Profiles');
    await this.button('Add Delegate Profile').click();
    await expect(this.heading('Add Delegate Profile')).toBeVisible();
    await this.hydrated();
    await this.fillProfile(fields);
    await this.button('Submit').click();
    await this.says(`Profile ${fields.name} is created.`);
  }

  /** Opens the form of a profile. */
  async editProfile(name: string): Promise<void> {
    await this.open('/profiles');
    await this.page.getByRole('link', { name, exact: true }).click();
    await expect(this.heading(name)).toBeVisible();
    await this.button('Edit').click();
    await expect(this.heading(`Edit ${name}`)).toBeVisible();
    await this.hydrated();
  }

  /** Downloads the install files of a shell delegate; gives the archive's path. */
  async downloadShellDelegate(setup: DelegateSetup): Promise<string> {
    await this.go('Delegates');
    await this.button('Download Delegate').first().click();
    await this.page.getByRole('link', { name: 'Shell Script', exact: true }).click();
    await expect(this.heading('Delegate Setup')).toBeVisible();
    await this.hydrated();
    await this.field('Name').fill(setup.name);
    await this.field('Description').fill(setup.description ?? '');
    if (setup.profile) await this.field('Profile').selectOption({ label: setup.profile });
    if (setup.token) await this.field('Delegate Token').selectOption({ label: setup.token });
    await this.field('Tags').fill(setup.tags ?? '');
    await this.button('Continue').click();
    await expect(this.heading('Review')).toBeVisible();
    await this.hydrated();
    const download = this.page.waitForEvent('download');
    await this.button('Download archive').click();
    expect((await download).suggestedFilename()).toBe('harness-delegate.tar.gz');
    return await (await download).path();
  }

  /** Opens the decision on a delegate that waits, and gives the panel with its facts. */
  async decideOn(name: string): Promise<Locator> {
    await this.row(name).getByRole('button', { name: 'Pending Approval' }).click();
    const panel = this.row(name).locator('xpath=following-sibling::tr[1]');
    await expect(panel.getByRole('button', { name: 'Reject', exact: true })).toBeVisible();
    return panel;
  }

  async approve(name: string): Promise<void> {
    const panel = await this.decideOn(name);
    await panel.getByRole('button', { name: 'Approve', exact: true }).click();
    await this.says(`${name} is approved.`);
  }

  async reject(name: string): Promise<void> {
    const panel = await this.decideOn(name);
    await panel.getByRole('button', { name: 'Reject', exact: true }).click();
    await this.dialog(`Reject ${name}?`).getByRole('button', { name: 'Reject', exact: true }).click();
    await this.says(`${name} is rejected.`);
  }

  /** Waits until an error stands beside a field and is read out with it. */
  async refuses(field: Locator, error: RegExp): Promise<void> {
    await expect(field).toHaveAccessibleDescription(error);
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(this.page.locator('.field-error').getByText(error).first()).toBeVisible();
  }

  /** Follows the page from now on; the answer fails where it was loaded again, or another was. */
  stays(): () => void {
    const loads: string[] = [];
    this.page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === this.page.mainFrame()) loads.push(request.url());
    });
    return () => expect(loads, 'pages that were loaded').toEqual([]);
  }
}

/** What a list of facts says under a name. */
export function fact(place: Locator, name: string): Locator {
  const term = place.page().locator('dt').getByText(name, { exact: true });
  return place.locator('dl > div').filter({ has: term }).locator('dd');
}
