// What something costs a person: how often they press, and how often they type a search.

import type { Page } from '@playwright/test';

/** Presses are clicks, and links and buttons that the Enter key pressed. What is typed into a field counts as one search. */
export type Cost = { presses: number; searches: number };

const KEY = 'effort';

export class Effort {
  private constructor(private readonly page: Page) {}

  /** Counts on every document that a page opens from now on, by the events that the browser itself sends. */
  static async on(page: Page): Promise<Effort> {
    await page.addInitScript((key) => {
      const add = (what: 'presses' | 'searches') => {
        const cost = JSON.parse(sessionStorage.getItem(key) ?? '{"presses":0,"searches":0}');
        cost[what] += 1;
        // Where one goes to another page, it outlives this one.
        sessionStorage.setItem(key, JSON.stringify(cost));
      };
      let typedInto: EventTarget | null = null;
      addEventListener('click', (event) => event.isTrusted && add('presses'), true);
      addEventListener('input', (event) => {
        if (!event.isTrusted || event.target === typedInto) return;
        typedInto = event.target;
        add('searches');
      }, true);
    }, KEY);
    return new Effort(page);
  }

  /** What was spent since the last time that this was asked. */
  async spent(): Promise<Cost> {
    const text = await this.page.evaluate((key) => {
      const text = sessionStorage.getItem(key);
      sessionStorage.removeItem(key);
      return text;
    }, KEY);
    return text ? (JSON.parse(text) as Cost) : { presses: 0, searches: 0 };
  }
}
