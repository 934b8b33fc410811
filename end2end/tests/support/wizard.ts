// Download Delegate as a person goes through it: Type → Delegate Setup → Review → Verify.

import { readFile } from 'node:fs/promises';
import { type Locator, expect } from '@playwright/test';
import type { Console, DelegateSetup } from './console';
import type { Delegates } from './delegates';
import type { Files } from './files';
import type { Way } from './ways';

export class Wizard {
  constructor(
    private readonly ui: Console,
    private readonly delegates: Delegates,
  ) {}

  /** Type. */
  async choose(way: Way): Promise<void> {
    const { page } = this.ui;
    await this.ui.go('Delegates');
    await this.ui.button('Download Delegate').first().click();
    await this.at('Type', 'Download Delegate');
    await page.getByRole('link', { name: way.label, exact: true }).click();
    await this.at('Delegate Setup');
  }

  /** Delegate Setup, but for its token where none is named. */
  async fill(way: Way, setup: DelegateSetup): Promise<void> {
    await this.ui.field('Name').fill(setup.name);
    await this.ui.field('Description').fill(setup.description ?? '');
    if (setup.profile) await this.ui.field('Profile').selectOption({ label: setup.profile });
    if (setup.token) await this.ui.field('Delegate Token').selectOption({ label: setup.token });
    await this.ui.field('Tags').fill(setup.tags ?? '');
    // Without a click on it, the next generation is chosen.
    if (way.generation === 'Next generation') await expect(this.ui.field(way.generation)).toBeChecked();
    else await this.ui.field(way.generation).check();
    if (way.kind === 'ecs' && way.shown.includes('service.json')) await this.ui.field('Use AWS VPC Mode').check();
  }

  /** Makes a token on the way, and closes the dialog that shows its value; gives the value. */
  async addToken(name: string): Promise<string> {
    await this.ui.button('New token').click();
    const dialog = this.ui.dialog('New Token');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    await dialog.getByRole('button', { name: 'Generate New Token' }).click();
    return await this.ui.takeToken();
  }

  async expectSetup(setup: DelegateSetup): Promise<void> {
    await this.at('Delegate Setup');
    await expect(this.ui.field('Name')).toHaveValue(setup.name);
    await expect(this.ui.field('Description')).toHaveValue(setup.description ?? '');
    await expect(this.ui.field('Tags')).toHaveValue(setup.tags ?? '');
    if (setup.profile) await expect(chosen(this.ui.field('Profile'))).toHaveText(setup.profile);
    if (setup.token) await expect(chosen(this.ui.field('Delegate Token'))).toHaveText(setup.token);
  }

  /** From Delegate Setup to Review. */
  async review(): Promise<void> {
    await this.ui.button('Continue').click();
    await this.at('Review');
  }

  /** Downloads what there is as a whole, on Review. */
  async download(way: Way): Promise<Files> {
    const download = this.ui.page.waitForEvent('download');
    await this.ui.button(way.whole.endsWith('.tar.gz') ? 'Download archive' : `Download ${way.whole}`).click();
    expect((await download).suggestedFilename()).toBe(way.whole);
    return await this.delegates.keep(way.whole, await (await download).path());
  }

  /** Shows a file on Review. */
  async show(file: string): Promise<void> {
    const tab = this.ui.page.getByRole('navigation', { name: 'Files' }).getByRole('link', { name: file, exact: true });
    await tab.click();
    await expect(tab).toHaveAttribute('aria-current', 'true');
    await expect(this.ui.button(`Download this file: ${file}`)).toBeVisible();
  }

  /** The text of the file that is shown. */
  code(file: string): Locator {
    return this.ui.page.getByRole('region', { name: file, exact: true });
  }

  /** What the browser downloads for one file. */
  async downloadOne(file: string): Promise<string> {
    const download = this.ui.page.waitForEvent('download');
    await this.ui.button(`Download this file: ${file}`).click();
    expect((await download).suggestedFilename()).toBe(file);
    return await readFile(await (await download).path(), 'utf8');
  }

  /** What is in the clipboard after one file was copied. */
  async copyOne(file: string): Promise<string> {
    await this.ui.button(`Copy ${file}`).click();
    await expect(this.ui.page.getByRole('status').getByText("Copied, with the token's value in it.")).toBeVisible();
    return await this.ui.page.evaluate(() => navigator.clipboard.readText());
  }

  /** From Review to Verify. */
  async verify(): Promise<void> {
    await this.ui.button('Continue to Verify').click();
    await this.at('Verify');
  }

  /** What Verify says, in one sentence. */
  get state(): Locator {
    return this.ui.page.locator('.wait-state');
  }

  /** A part of the way on Verify. */
  part(title: 'Waiting for the delegate' | 'Pending Approval' | 'Connected'): Locator {
    const heading = this.ui.page.getByRole('heading', { name: title, exact: true });
    return this.ui.page.getByRole('main').getByRole('listitem').filter({ has: heading });
  }

  /** Approves, on Verify, the delegate that waits. */
  async approve(name: string): Promise<void> {
    await expect(this.state).toHaveText(`${name} waits for your decision`);
    await this.part('Pending Approval').getByRole('button', { name: 'Approve', exact: true }).click();
  }

  /** Waits until Verify says that the delegate is connected. */
  async expectConnected(name: string): Promise<void> {
    await expect(this.state).toHaveText(`${name} is connected`, { timeout: 20_000 });
    await expect(this.part('Connected').getByRole('link', { name, exact: true })).toBeVisible();
  }

  private async at(step: string, heading = step): Promise<void> {
    await expect(this.ui.heading(heading)).toBeVisible();
    const steps = this.ui.page.getByRole('navigation', { name: 'Steps' });
    await expect(steps.locator('[aria-current=step]')).toContainText(step);
    await this.ui.hydrated();
  }
}

/** The option of a select that is chosen. */
function chosen(select: Locator): Locator {
  return select.locator('option:checked');
}
