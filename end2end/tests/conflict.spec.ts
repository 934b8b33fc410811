// Two administrators and one delegate: one decides, the other is told who did what.

import { fact } from './support/console';
import { axe, expect, test } from './support/fixtures';
import { ada, bob } from './support/people';

test.use({ who: 'administrator' });

test.beforeEach(async ({ ui }) => {
  await ui.open('/profiles');
  await expect(ui.row('Primary')).toBeVisible();
  if ((await ui.row('two keys').count()) === 0) await ui.createProfile({ name: 'two keys', approval: true });
});

test('the second one, at the last question, is told that it was approved', async ({ ui, another, client }) => {
  await client.join({ delegateName: 'both-1', hostName: 'both', delegateProfileId: 'two keys' });
  const other = await another(bob);
  await ui.open('/delegates?q=both-1');
  await other.open('/delegates?q=both-1');
  const panel = await ui.decideOn('both-1');
  await (await other.decideOn('both-1')).getByRole('button', { name: 'Reject', exact: true }).click();
  const dialog = other.dialog('Reject both-1?');
  await expect(dialog).toBeVisible();

  await panel.getByRole('button', { name: 'Approve', exact: true }).click();
  await ui.says('both-1 is approved.');
  const assertStayed = other.stays();
  await dialog.getByRole('button', { name: 'Reject', exact: true }).click();
  const alert = dialog.getByRole('alert');
  await expect(alert).toHaveText(`both-1 was already approved by ${ada.email}.`);
  // News put the page together anew, and leave what the form says.
  await client.join({ delegateName: 'both-1-more', hostName: 'both', delegateProfileId: 'two keys' });
  await expect(other.row('both-1-more')).toBeAttached();
  await expect(alert).toHaveText(`both-1 was already approved by ${ada.email}.`);
  assertStayed();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(other.row('both-1')).toContainText(/(?<!Not )Connected/);
  await expect(ui.row('both-1')).toContainText(/(?<!Not )Connected/);
});

test('the second one, on a page that fell behind, is told that it was rejected', async ({
  ui,
  another,
  client,
  problems,
}) => {
  await client.join({ delegateName: 'both-2', hostName: 'both', delegateProfileId: 'two keys' });
  const other = await another(bob);
  // Without its stream the page shows what was there when it was opened.
  problems.allow(/ERR_FAILED.*\/api\/events/);
  await other.hearsNothing();
  await other.open('/delegates?q=both-2');
  const panel = await other.decideOn('both-2');
  await ui.open('/delegates?q=both-2');
  await ui.reject('both-2');

  const assertStayed = other.stays();
  await panel.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(panel.getByRole('alert')).toHaveText(`both-2 was already rejected by ${ada.email}.`);
  await expect(panel).toContainText('This delegate does not wait for a decision any more.');
  await expect(panel.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0);
  assertStayed();
});

test('the second one sees at once, with the decision open, that there is none to take', async ({
  ui,
  another,
  client,
}) => {
  await client.join({ delegateName: 'both-3', hostName: 'both', delegateProfileId: 'two keys' });
  const other = await another(bob);
  await other.open('/delegates?q=both-3');
  const panel = await other.decideOn('both-3');
  await ui.open('/delegates?q=both-3');
  await ui.approve('both-3');
  await expect(panel).toContainText('This delegate does not wait for a decision any more.');
  await expect(other.row('both-3')).toContainText(/(?<!Not )Connected/);
});

test('of two who edit a token, the second one sees what the first did, and decides', async ({ ui, another }) => {
  await ui.createToken('shared');
  const other = await another(bob);
  for (const one of [ui, other]) {
    await one.open('/tokens');
    await one.choose('shared', 'Edit');
    await expect(one.dialog('Edit shared')).toBeVisible();
  }
  await other.dialog('Edit shared').getByLabel('Name', { exact: true }).fill('mine');
  await ui.dialog('Edit shared').getByLabel('Name', { exact: true }).fill('ours');
  await ui.dialog('Edit shared').getByRole('button', { name: 'Save' }).click();
  await ui.says('Token ours is saved.');

  // The news comes, and does not take what is typed for an answer to it.
  const dialog = other.dialog('Edit ours');
  const name = dialog.getByLabel('Name', { exact: true });
  await expect(name).toHaveValue('mine');
  const save = dialog.getByRole('button', { name: 'Save' });
  await save.click();
  await expect(dialog.getByRole('alert')).toHaveText(
    'ours was changed while you edited it. What you chose is not saved.',
  );
  await expect(dialog.getByRole('region', { name: 'What changed meanwhile' })).toContainText(`Changed by ${ada.email}`);
  await expect(dialog.getByRole('row', { name: 'Name ours mine' })).toBeVisible();
  await expect(name).toHaveValue('mine');
  await axe(other.page);
  await save.click();
  await other.says('Token mine is saved.');
  await expect(ui.row('mine')).toBeVisible();
});

test('of two at the same moment, one wins', async ({ ui, another, client, problems }) => {
  await client.join({ delegateName: 'both-4', hostName: 'both', delegateProfileId: 'two keys' });
  const other = await another(bob);
  // With their streams, the page of the slower one could take the button away in time.
  problems.allow(/ERR_FAILED.*\/api\/events/);
  for (const one of [ui, other]) await one.hearsNothing();
  await ui.open('/delegates?q=both-4');
  await other.open('/delegates?q=both-4');
  const panel = await ui.decideOn('both-4');
  await (await other.decideOn('both-4')).getByRole('button', { name: 'Reject', exact: true }).click();
  const answers = Promise.all([
    ui.page.waitForResponse('**/api/delegates/approve'),
    other.page.waitForResponse('**/api/delegates/reject'),
  ]);
  await Promise.all([
    panel.getByRole('button', { name: 'Approve', exact: true }).click(),
    other.dialog('Reject both-4?').getByRole('button', { name: 'Reject', exact: true }).click(),
  ]);
  const statuses = (await answers).map((answer) => answer.status());
  const approved = statuses[0] !== 409;
  expect(statuses.filter((status) => status === 409), `one of ${statuses} is told no`).toHaveLength(1);
  if (approved) {
    const alert = other.dialog('Reject both-4?').getByRole('alert');
    await expect(alert).toHaveText(`both-4 was already approved by ${ada.email}.`);
  } else {
    await expect(panel.getByRole('alert')).toHaveText(`both-4 was already rejected by ${bob.email}.`);
  }
  for (const one of [ui, other]) {
    await one.open(approved ? '/delegates?q=both-4' : '/delegates?q=both-4&status=rejected');
    await expect(one.row('both-4')).toContainText(approved ? /(?<!Not )Connected/ : 'Rejected');
  }
});

test('a profile that somebody else changed keeps what the second one typed', async ({ ui, another }) => {
  const other = await another(bob);
  await ui.createProfile({ name: 'shared work' });
  for (const one of [ui, other]) {
    await one.editProfile('shared work');
  }
  await ui.field('Description').fill('by Ada');
  await ui.field('Startup Script').fill('echo Ada\n');
  await ui.button('Save').click();
  await ui.says('Profile shared work is saved.');
  await other.field('Description').fill('by Bob');
  await other.button('Save').click();
  await expect(other.page.getByRole('alert').getByText('was changed while you edited it')).toBeVisible();
  await expect(other.field('Description')).toHaveValue('by Bob');
  const changed = other.page.getByRole('region', { name: 'What changed meanwhile' });
  await expect(changed).toContainText(`Changed by ${ada.email}`);
  await expect(changed.getByRole('row', { name: 'Description' })).toHaveText('Descriptionby Adaby Bob');
  await expect(changed.getByRole('region', { name: 'What was changed in the startup script' })).toContainText('echo Ada');

  // One way out: to take what is saved.
  other.page.once('dialog', (dialog) => void dialog.accept());
  await changed.getByRole('link', { name: 'take what is saved' }).click();
  await expect(changed).toHaveCount(0);
  await expect(other.field('Description')).toHaveValue('by Ada');
  await expect(other.field('Startup Script')).toHaveValue('echo Ada\n');

  // The other: to save over it.
  await ui.editProfile('shared work');
  await ui.field('Description').fill('by Ada once more');
  await ui.button('Save').click();
  await ui.says('Profile shared work is saved.');
  await other.field('Description').fill('by Bob');
  await other.button('Save').click();
  await expect(changed).toBeVisible();
  await other.button('Save').click();
  await other.says('Profile shared work is saved.');
  await expect(fact(other.page.getByRole('main'), 'Description')).toHaveText('by Bob');
});
