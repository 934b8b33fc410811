// What must not happen on any page of any test: errors in the console, uncaught exceptions, failed requests.

import type { BrowserContext, Response } from '@playwright/test';

const ASSETS = new Set(['script', 'stylesheet', 'image', 'font', 'manifest']);

export class Problems {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  /** Watches every page of the context, those that it opens itself included. */
  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      // Chromium repeats every 4xx as an error. Which of those are wrong, `response` decides with its eyes open.
      if (message.type() !== 'error' || /^Failed to load resource: the server responded/.test(message.text())) return;
      this.add(`console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.add(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('response', (response) => {
      if (isFailure(response)) this.add(`response: ${response.status()} ${response.url()}`);
    });
  }

  /** Lets a test that provokes a problem, such as by stopping the server, say which. */
  allow(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  assertNone(): void {
    const bad = this.found.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
    if (bad.length > 0) throw new Error(`the pages had problems:\n${bad.join('\n')}`);
  }

  private add(problem: string): void {
    this.found.push(problem);
  }
}

/** A refusal can be what a test asks for; a broken server or a missing part of the page cannot. */
function isFailure(response: Response): boolean {
  return response.status() >= 500 || (response.status() >= 400 && ASSETS.has(response.request().resourceType()));
}
