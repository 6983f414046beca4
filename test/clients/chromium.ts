import { readFileSync } from 'node:fs';

import { transformSync } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { CHROMIUM_PROGRAMS, findChromium } from '../../pictures/chromium.ts';

export const hasChromium = findChromium() !== undefined;
if (!hasChromium)
  process.stderr.write(`skipped: tests in Chromium, for there is none of ${CHROMIUM_PROGRAMS.join(', ')}\n`);

const probes = readFileSync(new URL('page/probes.ts', import.meta.url), 'utf8');

/** Gives each document of a page the functions of `page/probes.ts`, as `probes`. */
export async function addProbes(page: Page): Promise<void> {
  const { code } = transformSync(probes, { loader: 'ts', format: 'iife' });
  await page.addInitScript({ content: code });
}

/** A page of the console, and all that it asked for and received. */
export interface APage extends AsyncDisposable {
  readonly page: Page;
  /** URLs. */
  readonly requests: readonly string[];
  /** Bodies, and messages of event streams. */
  readonly received: readonly string[];
  readonly errors: readonly string[];
}

export async function openConsolePage(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<APage> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
  // A busy machine takes its time. vitest ends a test that hangs.
  context.setDefaultTimeout(0);
  const page = await context.newPage();
  await addProbes(page);
  const watched = await watch(context, page);
  await page.goto(url);
  await page.getByText(/^Relay http/).waitFor();
  return { page, ...watched, [Symbol.asyncDispose]: async () => context.close() };
}

async function watch(context: BrowserContext, page: Page): Promise<Pick<APage, 'requests' | 'received' | 'errors'>> {
  const [requests, received, errors]: [string[], string[], string[]] = [[], [], []];
  context.on('request', (sent) => requests.push(sent.url()));
  context.on('response', (response) => {
    // An event stream does not end.
    if (response.url().endsWith('/events')) return;
    response.text().then(
      (text) => received.push(text),
      (error: unknown) => errors.push(String(error)),
    );
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.eventSourceMessageReceived', ({ data }) => received.push(data));
  return { requests, received, errors };
}
