import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { type Browser, chromium, type Page } from 'playwright-core';

import { Feed } from '../../local/console/feed.ts';
import { openConsole } from '../../local/console/open-console.ts';
import { type Connection, readConnection } from '../../local/connection.ts';
import { run, type Running } from '../../local/running.ts';
import { UNHURRIED_WITH_SLOW_CLOCK } from '../unhurried.ts';
import { AFolder } from './a-folder.ts';

/** Debian's. `.ci/run` installs it. */
const CHROMIUM = '/usr/bin/chromium';
export const HAS_CHROMIUM = existsSync(CHROMIUM);

export interface AConsole extends AsyncDisposable {
  readonly url: string;
  readonly running: Running;
  readonly connection: Connection;
}

/** A local stack in this process, and its console. */
export async function startAConsole(): Promise<AConsole> {
  const folder = new AFolder();
  const feed = new Feed(Date.now);
  const running = await run({
    statePath: folder.state(),
    relayPort: 0,
    awsPort: 0,
    maxContainers: 1,
    containerEnvironment: UNHURRIED_WITH_SLOW_CLOCK,
    observer: (domains) => {
      feed.declare(domains);
      return feed;
    },
  });
  const { url, close } = await openConsole(running, feed, 0);
  const connection = readConnection(running.stateFolder.path);
  return {
    url,
    running,
    connection,
    [Symbol.asyncDispose]: async () => {
      await close();
      await running.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Everything that a page asked for, and where from. */
export interface APage extends AsyncDisposable {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly errors: readonly string[];
}

export async function openPage(browser: Browser, url: string, colorScheme: 'light' | 'dark' = 'light'): Promise<APage> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const [requests, errors]: [string[], string[]] = [[], []];
  page.on('request', (sent) => requests.push(sent.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(url);
  await page.getByText(/^Relay http/).waitFor();
  return { page, requests, errors, [Symbol.asyncDispose]: async () => context.close() };
}

/** A sandbox needs rights that a container often does not have. */
export const launchChromium = async (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request with any headers, as no browser would let a page send it. */
export async function send(url: string, { method = 'GET', path = '/', headers = {}, body = '' }: Sent) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; headers: object; body: string }>();
  const sent = request(`${url}${path}`, { method, headers: { ...headers } }, (response) => {
    const { statusCode: status = 0 } = response;
    text(response).then((read) => resolve({ status, headers: response.headers, body: read }), reject);
  });
  sent.once('error', reject).end(body);
  return promise;
}
