// What a person would call broken about a page, told by where its parts are.

import type { Page } from '@playwright/test';

/** How many faults of a page are told: the others are mostly the same one in other rows. */
const MAX_TOLD = 12;

/**
 * What stands out of its card, what is cut off, what lies over something else, what breaks in mid-word, and what can be
 * pressed but not seen; in words, none where all is well. It looks at the page as it is scrolled now. After a change of its
 * width a page takes some frames to be as it will be: ask until there is nothing.
 */
export async function brokenParts(page: Page): Promise<string[]> {
  const broken = await page.evaluate(async () => {
    // With the typeface that stands in for it, texts are of other widths.
    await document.fonts.ready;
    type Span = { left: number; right: number };
    const found: string[] = [];
    const page: Span = { left: 0, right: window.innerWidth };
    const styles = new Map<Element, CSSStyleDeclaration>();
    const style = (element: Element) => {
      const known = styles.get(element) ?? getComputedStyle(element);
      styles.set(element, known);
      return known;
    };
    const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const called = (element: Element) =>
      `${[element.tagName.toLowerCase(), ...element.classList].join('.')} "${(element.textContent ?? '').trim().slice(0, 40)}"`;
    const both = (one: Span, other: Span): Span => ({
      left: Math.max(one.left, other.left),
      right: Math.min(one.right, other.right),
    });
    const width = ({ left, right }: Span) => Math.max(0, right - left);

    /** Where across the page something inside of an element can be seen: its boxes that scroll or cut off take the rest. */
    const windows = new Map<Element, Span>();
    const seenThrough = (element: Element): Span => {
      const known = windows.get(element);
      if (known) return known;
      const { overflowX, position } = style(element);
      // What is placed by another box is cut off by that one.
      const around = position === 'absolute' ? (element as HTMLElement).offsetParent : element.parentElement;
      const outside = around && position !== 'fixed' ? seenThrough(around) : page;
      const isPage = element === document.body || element === document.documentElement;
      const inside = overflowX === 'visible' || isPage ? outside : both(outside, element.getBoundingClientRect());
      windows.set(element, inside);
      return inside;
    };
    /** The same for the element itself. */
    const seenOf = (element: Element): Span => {
      const { position } = style(element);
      const around = position === 'absolute' ? (element as HTMLElement).offsetParent : element.parentElement;
      const window = around && position !== 'fixed' ? seenThrough(around) : page;
      return both(window, element.getBoundingClientRect());
    };

    const sideways = document.documentElement.scrollWidth - window.innerWidth;
    if (sideways > 0) found.push(`the page scrolls sideways by ${sideways} px`);

    for (const card of document.querySelectorAll('main .card')) {
      if (!isShown(card)) continue;
      const scrolls = card.scrollWidth - card.clientWidth;
      if (scrolls > 1 && style(card).overflowX !== 'visible') found.push(`scrolls sideways by ${scrolls} px: ${called(card)}`);
      for (const row of card.querySelectorAll(':scope > table tr')) {
        const cells = [...row.children].filter((cell) => isShown(cell));
        const end = Math.max(...cells.map((cell) => cell.getBoundingClientRect().right));
        const short = row.getBoundingClientRect().right - end;
        if (cells.length > 0 && style(row).display === 'table-row' && short > 2) found.push(`ends ${Math.round(short)} px before its table: ${called(row)}`);
      }
      const { left, right } = card.getBoundingClientRect();
      for (const element of card.querySelectorAll('*')) {
        const leaves = (box: Span) => width(box) > 1 && (box.left < left - 1 || box.right > right + 1);
        if (leaves(element.getBoundingClientRect()) && isShown(element) && leaves(seenOf(element))) found.push(`leaves its card: ${called(element)}`);
      }
    }

    // Whoever looks for an action scrolls down, but not sideways; and what is pressed there is that action.
    const modal = document.querySelector('dialog:modal');
    const top = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
    for (const action of (modal ?? document).querySelectorAll(':is(a[href], button, summary, input, select, textarea):not(.skip, .visually-hidden)')) {
      const box = action.getBoundingClientRect();
      if (!isShown(action) || box.width <= 1) continue;
      // A long name that is a link may end in dots; a button may not.
      const isText = action.matches('a:not(.btn)');
      const needed = isText ? Math.min(box.width, 24) : box.width;
      const seen = seenOf(action);
      if (width(seen) < needed - 1) {
        found.push(`out of view: ${called(action)}`);
        continue;
      }
      const [line = box] = isText ? action.getClientRects() : [box];
      const across = both(seen, line);
      const [x, y] = [(across.left + across.right) / 2, (line.top + line.bottom) / 2];
      if (width(across) === 0 || y < top || y >= window.innerHeight) continue;
      const hit = document.elementFromPoint(x, y);
      // What opens over others, or floats over them, is closed or scrolled away from.
      const floating = hit?.closest('.more-list, .pick-bar');
      if (floating && !action.closest('.more-list')) continue;
      const isHit = hit && (action.contains(hit) || hit.contains(action) || hit.closest('label')?.control === action);
      if (!isHit) found.push(`covered: ${called(action)}${hit ? ` by ${called(hit)}` : ''}`);
    }

    /** The box in whose width the lines of a text are broken. */
    const blockOf = (element: Element): Element => {
      let at = element;
      while (style(at).display === 'inline' && at.parentElement) at = at.parentElement;
      return at;
    };
    const places = new Map<Element, { parent: Element; box: DOMRect; seen: Span }[]>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const parent = text.parentElement;
      const words = text.textContent ?? '';
      if (!parent || words.trim() === '' || !isShown(parent) || parent.closest('script, style, option, textarea')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const lines = [...range.getClientRects()].filter((box) => box.width > 1);
      const window = seenThrough(parent);
      const seen = lines.map((box) => ({ parent, box, seen: both(window, box) })).filter((one) => width(one.seen) > 1);

      // What names something is read as a whole.
      const whole = parent.closest('h1, h2, th, dt, .btn, .pill, .badge, .status, label, .tile b');
      if (whole && lines.length > 0 && seen.length > 0 && seen.some((one) => width(one.seen) < one.box.width - 1)) {
        found.push(`cut off: "${words.trim().slice(0, 40)}" in ${called(whole)}`);
      }

      const place = parent.closest('main tr, main li, .head, .bar, .top, footer');
      if (place) places.set(place, [...(places.get(place) ?? []), ...seen]);

      // A word that is no longer than its place stands on one line. Code is broken where it has to be.
      if (new Set(lines.map((box) => Math.round(box.top))).size < 2 || parent.closest('pre, code, .mono, .s')) continue;
      const room = blockOf(parent).clientWidth;
      for (const { 0: word, index } of words.matchAll(/[\p{L}\p{N}]+/gu)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        const parts = [...range.getClientRects()].filter((box) => box.width > 0);
        const length = parts.reduce((sum, box) => sum + box.width, 0);
        const isBroken = new Set(parts.map((box) => Math.round(box.top))).size > 1;
        if (isBroken && length <= room) found.push(`breaks in mid-word: "${word}" in ${called(parent)}`);
      }
    }

    // What can be ticked or pressed lies over no text.
    for (const control of document.querySelectorAll('main :is(input, select, summary, svg)')) {
      const place = control.closest('main tr, main li');
      const box = control.getBoundingClientRect();
      const inPlace = place && places.get(place);
      if (inPlace && isShown(control) && width(seenOf(control)) > 1) {
        inPlace.push({ parent: control.closest('a, button, summary') ?? control, box, seen: seenOf(control) });
      }
    }
    for (const inPlace of places.values()) {
      inPlace.forEach((one, at) => {
        for (const other of inPlace.slice(at + 1)) {
          const deep = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
          if (one.parent.contains(other.parent) || other.parent.contains(one.parent) || deep < 4 || width(both(one.seen, other.seen)) < 2) continue;
          found.push(`lie over each other: ${called(one.parent)} and ${called(other.parent)}`);
        }
      });
    }
    return [...new Set(found)];
  });
  return broken.slice(0, MAX_TOLD);
}
