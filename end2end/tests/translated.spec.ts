// Pages that the browser has translated: its translator puts elements of its own in the place of text.

import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';
import { ada } from './support/people';

test.use({ installation: 'fresh', who: 'administrator' });

/** Does what Chromium's translator does; leaves alone what is marked as not to be translated. */
async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      const kept = text.parentElement?.closest('[translate="no"], script, style, textarea, pre, code');
      if (text.data.trim() && !kept) texts.push(text);
    }
    for (const text of texts) {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = `«${text.data}»`;
      outer.append(inner);
      text.replaceWith(outer);
    }
  });
}

const facts = { delegateName: 'edge-01', hostName: 'host-1', delegateProfileId: 'patient' };

test('d37 a translated page shows what is, also after a live change', async ({ ui, page, another, client }) => {
  await ui.open('/delegates');
  await ui.createProfile({ name: 'patient', approval: true });
  await ui.createProfile({ name: 'other', approval: false });
  await client.join(facts);
  await ui.open('/delegates');
  await expect(page.locator('body')).not.toHaveAttribute('translate');
  await translate(page);
  await expect(ui.heading('«Delegates»')).toBeVisible();
  const badge = page.getByRole('navigation').locator('.badge');
  await expect(badge).toContainText('1');
  await expect(ui.row('edge-01')).toContainText('patient');

  const elsewhere = await another(ada);
  await elsewhere.open('/delegates');
  await elsewhere.approve('edge-01');
  await expect(ui.row('edge-01')).toContainText(/(?<!Not )Connected/);
  await expect(badge).toHaveCount(0);
  await elsewhere.page.getByRole('link', { name: 'edge-01', exact: true }).click();
  await elsewhere.button('Switch profile').first().click();
  await elsewhere.page.getByRole('dialog').getByRole('combobox').selectOption({ label: 'other' });
  await elsewhere.page.getByRole('dialog').getByRole('button', { name: 'Switch', exact: false }).last().click();
  await expect(ui.row('edge-01')).toContainText('other');
  await client.join({ delegateName: 'edge-02', hostName: 'host-2', delegateProfileId: 'patient' });
  await expect(page.getByText('2 delegates')).toBeVisible();
  await expect(badge).toContainText('1');

  // Its own buttons work, and what they say is the latest.
  await ui.approve('edge-02');
  await translate(page);
  await client.join({ delegateName: 'edge-03', hostName: 'host-3', delegateProfileId: 'patient' });
  await ui.approve('edge-03');
  await expect(page.locator('.done')).not.toContainText('edge-02');
});

test('d37 the page of a delegate follows it under a translation', async ({ ui, page, client }) => {
  await ui.open('/delegates');
  await client.join({ delegateName: 'edge-01', hostName: 'host-1', tags: ['one'] });
  await page.getByRole('link', { name: 'edge-01', exact: true }).click();
  await expect(page.locator('h1')).toHaveText('edge-01');
  await translate(page);
  await client.join({ delegateName: 'edge-01', hostName: 'host-1', tags: ['two'], version: '9.9.9' });
  await expect(page.locator('main')).toContainText('9.9.9');
  await expect(page.locator('main')).toContainText('two');
});
