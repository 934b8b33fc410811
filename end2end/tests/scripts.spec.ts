// Startup scripts on real delegates: when they run, what comes back, and that their secrets are seen by nobody.

import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures';
import { fact } from './support/console';
import { ada, vera } from './support/people';
import { ScriptBlock, reference, runsOf, waitForHeartbeats } from './support/scripts';
import { Secrets } from './support/secrets';
import { until } from './support/until';

test.use({ installation: 'fresh', who: 'administrator' });

/** Prints a secret in every way that it could give itself away. What it waits for, the test makes. */
const TELLTALE = [
  '#!/bin/bash',
  'echo telltale >>runs',
  // No secret begins with a dot in any form: nothing of this line has to wait for what comes next.
  'echo "first line."',
  'until [ -e go ]; do sleep 0.05; done',
  `value='${reference('canary')}'`,
  'printf "clear: %s\\n" "$value"',
  'printf "base64: %s\\n" "$(printf %s "$value" | base64 -w 0)"',
  'printf "within: %s\\n" "$(printf "user:%s@host" "$value" | base64 -w 0)"',
  'printf "hex: %s\\n" "$(printf %s "$value" | od -An -v -tx1 | tr -d " \\n")"',
  // One write, so that this half has arrived where the words before it have.
  'printf "halves: %s" "${value:0:16}"',
  'until [ -e on ]; do sleep 0.05; done',
  'printf "%s\\n" "${value:16}"',
  'echo "last line" >&2',
  'exit 3',
].join('\n');

/** Never ends, and has a child that is not of its process group. */
const ENDLESS = ['echo endless >>runs', 'setsid sleep 600 &', 'echo $! >child', 'echo "both run."', 'wait'].join('\n');

test('a script runs when it is to run, is followed live, and its secret is seen by nobody', async ({
  server,
  ui,
  page,
  another,
  delegates,
  secrets,
}) => {
  test.setTimeout(180_000);
  // Its base64 has no padding, which would be left of it.
  const canary = `a-canary-${randomBytes(15).toString('hex')}`;
  secrets.add(canary);
  const block = new ScriptBlock(ui);
  const main = page.getByRole('main');

  await test.step('a secret is added, and gets another value', async () => {
    await ui.open('/secrets');
    await expect(page.getByText('No secrets yet')).toBeVisible();
    await ui.button('Add Secret').first().click();
    const dialog = ui.dialog('Add Secret');
    await dialog.getByLabel('Name', { exact: true }).fill('canary');
    await dialog.getByLabel('Value', { exact: true }).fill('short');
    await dialog.getByRole('button', { name: 'Add Secret' }).click();
    await ui.refuses(dialog.getByLabel('Value', { exact: true }), /at least 6 characters/);
    await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue('canary');
    await dialog.getByLabel('Value', { exact: true }).fill('a value that nobody uses');
    await dialog.getByRole('button', { name: 'Add Secret' }).click();
    await ui.says('Secret canary is created.');

    await ui.choose('canary', 'Replace value');
    const replace = ui.dialog('Replace the value of canary');
    await expect(replace.getByLabel('New value')).toHaveValue('');
    await replace.getByLabel('New value').fill(canary);
    await replace.getByRole('button', { name: 'Replace value' }).click();
    await ui.says('Secret canary has a new value.');
    await expect(ui.row('canary')).toContainText(ada.email);
  });

  await test.step('a script that names no secret of ours is not saved', async () => {
    await ui.go('Delegate Profiles');
    await ui.button('Add Delegate Profile').click();
    await expect(ui.heading('Add Delegate Profile')).toBeVisible();
    const script = ui.field('Startup Script');
    const fields = { name: 'scripted', description: 'Runs a script', approval: true, selectors: 'scripted-zone' };
    for (const [name, error] of [
      ['cannary', /There is no secret cannary/],
      ['a b', /Line 5: write a secret as/],
    ] as const) {
      const wrong = TELLTALE.replace('canary', name);
      await ui.fillProfile({ ...fields, script: wrong });
      await ui.button('Submit').click();
      await ui.refuses(script, error);
      await expect(script).toHaveValue(wrong);
      await expect(ui.field('Name')).toHaveValue('scripted');
      await expect(ui.field('Description')).toHaveValue('Runs a script');
      await expect(ui.field('Delegate Requires Approval')).toHaveValue('require');
    }
    await ui.fillProfile({ ...fields, script: TELLTALE });
    await ui.button('Submit').click();
    await ui.says('Profile scripted is created.');
    await ui.createProfile({ name: 'endless', script: ENDLESS });
  });

  await test.step('the secret is in use: it cannot be deleted', async () => {
    await ui.go('Secrets');
    await expect(ui.row('canary').getByRole('link', { name: 'scripted', exact: true })).toBeVisible();
    await ui.choose('canary', 'Delete');
    const dialog = ui.dialog('canary is in use');
    await expect(dialog.getByRole('link', { name: 'scripted', exact: true })).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Delete', exact: true })).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(ui.row('canary')).toBeVisible();
  });

  const setup = { profile: 'scripted (requires approval)', token: 'default_token' };
  const delegate = await delegates.unpack(await ui.downloadShellDelegate({ ...setup, name: 'runner' }));
  await delegate.set('heartbeatIntervalMs', 1000);
  let address = '';

  await test.step('nothing runs before the approval', async () => {
    await delegate.start();
    await delegate.waitForLog(/waits for approval/);
    await ui.go('Delegates');
    await page.getByRole('link', { name: 'runner', exact: true }).click();
    await expect(ui.heading('runner')).toBeVisible();
    address = page.url();
    await expect(block.block).toContainText('once it is approved');
    await waitForHeartbeats(ui);
    expect(await runsOf(delegate)).toEqual([]);
  });

  await test.step('then it runs, and the page shows its log as it comes, masked', async () => {
    const assertStayed = ui.stays();
    await page.getByRole('region', { name: 'Pending Approval' }).getByRole('button', { name: 'Approve' }).click();
    await expect(block.log).toHaveText('first line.');
    await expect(block.fact('Outcome')).toHaveText('Running');
    await expect(block.fact('Profile')).toHaveText('scripted');
    await writeFile(join(delegate.folder, 'go'), '');
    await expect(block.log).toContainText('halves: ');
    // The first half is at the server, which does not know yet that it is one.
    await expect(block.log).toHaveText(/halves: $/);
    await expect(block.fact('Outcome')).toHaveText('Running');
    await writeFile(join(delegate.folder, 'on'), '');
    await expect(block.fact('Outcome')).toHaveText('Failed with exit code 3');
    const lines = (await block.log.textContent())?.split('\n') ?? [];
    const words = ['first line.', 'clear: ***', 'base64: ***', 'hex: ***', 'halves: ***', 'last line', ''];
    expect([...lines.slice(0, 3), ...lines.slice(4)]).toEqual(words);
    // The characters on the border are of the neighbours, too.
    expect(lines[3]).toMatch(/^within: dXNlcj.{0,2}\*\*\*.{0,2}G9zdA==$/);
    await expect(block.fact('Duration')).toHaveText(/^\d+(\.\d)? s$/);
    await expect(block.fact('Started').locator('time')).toHaveAttribute('datetime', /^20/);
    assertStayed();

    const download = page.waitForEvent('download');
    await block.block.getByRole('link', { name: 'Download log' }).click();
    expect((await download).suggestedFilename()).toBe('startup-script-runner.log');
    expect(await readFile(await (await download).path(), 'utf8')).toBe(lines.join('\n'));
    expect(await runsOf(delegate)).toEqual(['telltale']);
  });

  await test.step('it runs again when it is asked to, once', async () => {
    await block.runAgain();
    await ui.says('runner is asked to run its startup script again.');
    await expect(block.earlier).toHaveText(['Failed with exit code 3']);
    await expect(block.fact('Outcome')).toHaveText('Failed with exit code 3');
    await waitForHeartbeats(ui);
    expect(await runsOf(delegate)).toEqual(['telltale', 'telltale']);
  });

  await test.step('it does not run again because the delegate is restarted', async () => {
    await delegate.stop();
    await expect(main).toContainText('Not connected');
    await delegate.start();
    await expect(main).toContainText(/(?<!Not )Connected/);
    await waitForHeartbeats(ui);
    expect(await runsOf(delegate)).toEqual(['telltale', 'telltale']);
  });

  await test.step('it runs again when it is changed, and not for another description', async () => {
    await ui.editProfile('scripted');
    await expect(ui.field('Startup Script')).toHaveValue(TELLTALE);
    await ui.field('Description').fill('Runs another script');
    await ui.button('Save and run on 1 delegate').click();
    await ui.says('Profile scripted is saved.');
    await ui.open(address);
    await waitForHeartbeats(ui);
    expect(await runsOf(delegate)).toEqual(['telltale', 'telltale']);

    await ui.editProfile('scripted');
    await expect(ui.field('Description')).toHaveValue('Runs another script');
    const changed = TELLTALE.replace('echo telltale', 'echo changed').replace('exit 3', 'exit 0');
    await ui.field('Startup Script').fill(changed);
    await ui.button('Save and run on 1 delegate').click();
    await ui.says('Profile scripted is saved.');
    await ui.open(address);
    await expect(block.fact('Outcome')).toHaveText('Succeeded');
    await expect(block.earlier).toHaveText(['Failed with exit code 3', 'Failed with exit code 3']);
    expect(await runsOf(delegate)).toEqual(['telltale', 'telltale', 'changed']);
  });

  await test.step('with another profile it runs the other script, which ends with the delegate', async () => {
    await ui.button('Switch profile').click();
    const dialog = ui.dialog('Switch the profile of runner');
    await dialog.getByLabel('Profile', { exact: true }).selectOption({ label: 'endless' });
    await dialog.getByRole('button', { name: 'Switch profile' }).click();
    await ui.says('runner has another profile.');
    await expect(fact(main, 'Profile').first()).toContainText('endless');
    await expect(block.log).toHaveText('both run.');
    await expect(block.fact('Outcome')).toHaveText('Running');
    await expect(block.fact('Profile')).toHaveText('endless');
    expect(await runsOf(delegate)).toEqual(['telltale', 'telltale', 'changed', 'endless']);

    const child = Number(await readFile(join(delegate.folder, 'child'), 'utf8'));
    expect(await lives(child)).toBe(true);
    await delegate.stop();
    await until(async () => !(await lives(child)), () => `process ${child} ends with the delegate`);
    await expect(block.fact('Outcome')).toHaveText('Interrupted');
    await expect(main).toContainText('Not connected');
  });

  await test.step('the secret is on no page, for nobody', async () => {
    const other = await another(vera);
    const profile = await page.getByRole('link', { name: 'endless', exact: true }).first().getAttribute('href');
    for (const [who, path, there] of [
      [ui, '/delegates', 'runner'],
      [ui, address, 'Startup script'],
      [ui, '/profiles', 'scripted'],
      [ui, profile ?? '', 'endless'],
      [ui, '/secrets', 'canary'],
      [other, address, 'Startup script'],
      [other, '/profiles', 'scripted'],
    ] as const) {
      await who.open(path);
      await expect(who.page.getByText(there).filter({ visible: true }).first()).toBeVisible();
      secrets.assertAbsent(who.page.url(), await who.page.content());
    }
    await ui.choose('canary', 'Replace value');
    await expect(ui.dialog('Replace the value of canary').getByLabel('New value')).toHaveValue('');
    secrets.assertAbsent(page.url(), await page.content());

    await other.open(address);
    const before = new ScriptBlock(other).block.locator('tbody tr:not(:first-child)');
    const earlier = before.getByRole('link', { name: /^Download the log/ });
    for (const link of await earlier.all()) {
      const log = await other.page.request.get((await link.getAttribute('href')) ?? '');
      expect(await log.text()).toContain('halves: ***');
      secrets.assertAbsent(log.url(), await log.body());
    }
    await expect(other.button('Run again')).toHaveCount(0);
    await expect(other.button('Switch profile')).toHaveCount(0);
    await expect(other.page.getByRole('link', { name: 'Secrets', exact: true })).toHaveCount(0);
    for (const path of ['/secrets', '/secrets/new']) {
      const answer = await other.page.goto(path);
      expect(answer?.status(), path).toBe(403);
      await expect(other.page.getByRole('alert')).toContainText(/\w/);
      secrets.assertAbsent(path, await other.page.content());
      await expect(other.page.getByText('canary')).toHaveCount(0);
    }
  });

  await test.step('and it is stored nowhere in clear, neither at the server nor at the delegate', async () => {
    for (const [where, bytes] of await server.stored()) secrets.assertAbsent(where, bytes);
    // The delegate's own token stands in its configuration.
    const alone = new Secrets();
    alone.add(canary);
    for (const file of await readdir(delegate.folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      alone.assertAbsent(path, await readFile(path));
    }
  });
});

test('selectors are edited, searched for, inherited, and survive a restart', async ({ ui, page, delegates }) => {
  test.setTimeout(90_000);
  await ui.open('/profiles');
  await ui.createProfile({ name: 'zoned', selectors: 'inherited-zone' });
  const delegate = await delegates.unpack(
    await ui.downloadShellDelegate({ name: 'tagged', profile: 'zoned', token: 'default_token', tags: 'said-itself' }),
  );
  await ui.go('Delegates');
  await delegate.start();
  await expect(ui.row('tagged')).toContainText(/(?<!Not )Connected/);
  await page.getByRole('link', { name: 'tagged', exact: true }).click();
  const selectors = fact(page.getByRole('main'), 'Selectors');
  await expect(selectors).toContainText('said-itself');
  await expect(selectors).toContainText('inherited-zone (inherited)');

  const dialog = ui.dialog('Selectors of tagged');
  await ui.button('Edit selectors').click();
  await expect(dialog.getByLabel('Selectors', { exact: true })).toHaveValue('said-itself');
  await expect(dialog).toContainText('inherited-zone');
  await dialog.getByLabel('Selectors', { exact: true }).fill('x'.repeat(129));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await ui.refuses(dialog.getByLabel('Selectors', { exact: true }), /too long/);
  await dialog.getByLabel('Selectors', { exact: true }).fill('by hand, <b>bold</b>');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await ui.says('The selectors of tagged are saved.');
  await expect(selectors).toContainText('by hand');
  await expect(selectors).toContainText('<b>bold</b>');
  await expect(selectors).not.toContainText('said-itself');

  await delegate.stop();
  await expect(page.getByRole('main')).toContainText('Not connected');
  await delegate.start();
  await expect(page.getByRole('main')).toContainText(/(?<!Not )Connected/);
  await ui.reload();
  await expect(selectors).toContainText('by hand');
  await expect(selectors).not.toContainText('said-itself');

  for (const [words, count] of [
    ['by hand', 1],
    ['bold', 1],
    ['said-itself', 0],
  ] as const) {
    await ui.open(`/delegates?q=${encodeURIComponent(words)}`);
    await expect(page.getByText(count === 1 ? '1 delegate' : 'No delegate matches', { exact: true })).toBeVisible();
  }

  await ui.open('/delegates');
  await page.getByRole('link', { name: 'tagged', exact: true }).click();
  await ui.button('Edit selectors').click();
  await expect(dialog).toContainText('The delegate itself says: said-itself.');
  await dialog.getByLabel('Use what the delegate itself says').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(selectors).toContainText('said-itself');
  await expect(selectors).not.toContainText('by hand');
});

test('a profile in use is not deleted before its delegates have another', async ({ ui, page, client }) => {
  await ui.open('/profiles');
  await ui.createProfile({ name: 'leaving' });
  const id = await client.join({ delegateName: 'stays-1', hostName: 'h', delegateProfileId: 'leaving' });
  await client.join({ delegateName: 'stays-2', hostName: 'h', delegateProfileId: 'leaving' });
  await ui.open('/profiles');
  await ui.choose('leaving', 'Delete');
  const dialog = ui.dialog('Delete leaving?');
  await expect(dialog).toContainText('2 delegates have it');
  await expect(dialog).toContainText('stays-1');
  await expect(dialog).toContainText('stays-2');
  await expect(dialog.getByRole('button', { name: 'Delete', exact: true })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(ui.row('leaving')).toBeVisible();

  await ui.choose('leaving', 'Delete');
  await dialog.getByRole('button', { name: 'Move to Primary and delete' }).click();
  await expect(ui.row('leaving')).toHaveCount(0);
  await ui.open(`/delegates/${id}`);
  await expect(fact(page.getByRole('main'), 'Profile').first()).toContainText('Primary');
});

/** Whether a process runs; one that has ended and was not yet waited for does not. */
async function lives(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/^\d+ \(.*\) [ZX]/.test(stat);
}
