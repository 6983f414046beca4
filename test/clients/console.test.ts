import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { listen } from '../../local/listen.ts';
import { launchChromium } from '../../pictures/chromium.ts';
import { readStartedTasks } from '../../local/held-tasks.ts';
import { type AConsole, secretsOf, startAConsole } from '../e2e/a-console.ts';
import { addProbes, hasChromium, openConsolePage } from './chromium.ts';
import { askAcrossOrigins, backgroundOf, hasFocus, nextLineAt, untilTimedOut } from './in-page.ts';
import { type Hand, toKeyboard, toMouse } from './console-by-hand.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIOLATIONS = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

const DEVICES = [
  { device: 'mouse', toHand: toMouse },
  { device: 'keyboard', toHand: toKeyboard },
];

describe.skipIf(!hasChromium)('the console in Chromium', () => {
  let console: AConsole;
  let browser: Browser;
  beforeAll(async () => {
    [console, browser] = await Promise.all([startAConsole(), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await console[Symbol.asyncDispose]();
  });

  /** The row of a new task. */
  async function startTask(page: Page, { fill, press }: Hand, timeoutSeconds: string): Promise<Locator> {
    await fill(page.getByLabel('Heartbeat timeout in seconds'), timeoutSeconds);
    await press(page.getByRole('button', { name: 'Start a task' }));
    const said = await page
      .getByRole('status')
      .getByText(/^Started /)
      .innerText();
    return page.getByRole('row').filter({ hasText: said.split(' ')[1] ?? said });
  }

  it('shows a heartbeat within a second, as the page’s own clock measures', async () => {
    await using opened = await openConsolePage(browser, console.url);
    const { page } = opened;
    const { taskToken } = console.connection.task;
    /** Between the sending of a heartbeat and its line on the page. A busy machine may delay some, but not all. */
    const delaysMs: number[] = [];
    while (delaysMs.length < 10 && !delaysMs.some((delayMs) => delayMs <= 1_000)) {
      const details = `heartbeat ${delaysMs.length}`;
      const appearedAtMs = page.evaluate(nextLineAt);
      const sentAtMs = Date.now();
      await console.worker.heartbeat('orders', taskToken, details);
      delaysMs.push((await appearedAtMs) - sentAtMs);
    }
    expect(Math.min(...delaysMs)).toBeLessThanOrEqual(1_000);
  });

  it('shows the outcome of a foreign task’s heartbeat, and IAM’s sentence', async () => {
    await using opened = await openConsolePage(browser, console.url);
    const feed = opened.page.getByRole('region', { name: 'Latest heartbeats' });
    const foreign = readStartedTasks(console.running.stateFolder).find(({ domain }) => domain === 'billing');
    await console.worker.heartbeat('orders', foreign?.taskToken ?? '');
    await feed.getByText(/orders print-[0-9a-f]{8} 403 TaskNotInDomain/).waitFor();
    await feed.getByText(/IAM: .*is not authorized to perform: swf:RecordActivityTaskHeartbeat/).waitFor();
    expect(opened.errors).toEqual([]);
  });

  it.each(DEVICES)(
    'does everything by $device: start, heartbeat, cancel, faults on and off, complete',
    async ({ toHand }) => {
      await using opened = await openConsolePage(browser, console.url);
      const { page } = opened;
      const hand = toHand(page);
      const row = await startTask(page, hand, '600');
      const press = async (name: string): Promise<void> => hand.press(row.getByRole('button', { name }));
      await press('Heartbeat');
      await row.getByRole('cell', { name: /^console / }).waitFor();
      await press('Request cancel');
      await row.getByRole('cell', { name: 'requested', exact: true }).waitFor();
      await hand.fill(page.getByLabel('Rules'), 'swf=error kms=slow:1s');
      await hand.press(page.getByRole('button', { name: 'Add' }));
      await hand.press(page.getByRole('button', { name: 'Remove kms=slow:1s' }));
      await page.getByRole('status').getByText('Set swf=error.').waitFor();
      await hand.press(page.getByRole('button', { name: 'Remove all' }));
      await page.getByText('No faults.').waitFor();
      await press('Complete');
      await row.getByRole('cell', { name: 'completed' }).waitFor();
      expect(opened.errors).toEqual([]);
    },
  );

  it.each(DEVICES)('ends a task as canceled by $device once its cancellation is requested', async ({ toHand }) => {
    await using opened = await openConsolePage(browser, console.url);
    const { page } = opened;
    const hand = toHand(page);
    const row = await startTask(page, hand, '600');
    const end = row.getByRole('button', { name: 'End as canceled' });
    expect(await end.count()).toBe(0);
    await hand.press(row.getByRole('button', { name: 'Request cancel' }));
    await hand.press(end);
    await row.getByRole('cell', { name: 'canceled', exact: true }).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    expect(opened.errors).toEqual([]);
  });

  it('shows a refused heartbeat as a failure, names its task, and stays in view', async () => {
    await using opened = await openConsolePage(browser, console.url);
    const { page } = opened;
    const hand = toMouse(page);
    const row = await startTask(page, hand, '600');
    const name = (await row.getByRole('rowheader').innerText()).split('/')[0] ?? '';
    await hand.fill(page.getByLabel('Rules'), 'swf=error');
    await hand.press(page.getByRole('button', { name: 'Add' }));
    await page.getByRole('button', { name: 'Remove swf=error' }).waitFor();
    await hand.press(row.getByRole('button', { name: 'Heartbeat' }));
    const status = page.locator('#status.failed');
    await status.getByText(`Heartbeat of ${name}: the relay answered 503 SwfUnavailable.`).waitFor();
    await page.getByRole('region', { name: 'Latest heartbeats' }).getByText(`${name} 503 SwfUnavailable`).waitFor();
    // Low enough that whoever uses the faults has scrolled down.
    await page.setViewportSize({ width: 1_280, height: 400 });
    await hand.fill(page.getByLabel('Rules'), 'no rule');
    await hand.press(page.getByRole('button', { name: 'Add' }));
    await status.getByText('is not a fault').waitFor();
    expect(await page.evaluate('scrollY')).toBeGreaterThan(100);
    expect((await status.boundingBox())?.y).toBe(0);
    await hand.press(page.getByRole('button', { name: 'Remove swf=error' }));
    await page.getByText('No faults.').waitFor();
    expect(await page.getByLabel('Rules').inputValue()).toBe('no rule');
  });

  it('keeps the focus in the row of a task whose buttons go', async () => {
    await using opened = await openConsolePage(browser, console.url);
    const { page } = opened;
    const row = await startTask(page, toMouse(page), '600');
    await toKeyboard(page).press(row.getByRole('button', { name: 'Complete' }));
    await row.getByRole('cell', { name: 'completed' }).waitFor();
    expect(await row.getByRole('rowheader').evaluate(hasFocus)).toBe(true);
  });

  it('counts a task’s time down to zero, and says that it timed out', async () => {
    await using opened = await openConsolePage(browser, console.url);
    const { page } = opened;
    const row = await startTask(page, toMouse(page), '2');
    const texts = await row.evaluate(untilTimedOut);
    const seconds = texts.map(({ left }) => Number(/^(\d+) s$/.exec(left)?.[1]));
    expect(seconds).toEqual([...seconds].sort((one, other) => other - one));
    expect(texts.at(-1)).toEqual({ state: 'timed out', left: '0 s' });
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s', async (scheme) => {
    await using opened = await openConsolePage(browser, console.url, scheme);
    const { page } = opened;
    // A line of each kind, open and closed tasks, and a fault.
    const hand = toMouse(page);
    const row = await startTask(page, hand, '600');
    await hand.press(row.getByRole('button', { name: 'Request cancel' }));
    await row.getByRole('cell', { name: 'requested', exact: true }).waitFor();
    const rule = scheme === 'light' ? 'kms=slow:1s' : 'sts=slow:1s';
    await hand.fill(page.getByLabel('Rules'), rule);
    await hand.press(page.getByRole('button', { name: 'Add' }));
    await page.getByRole('button', { name: `Remove ${rule}` }).waitFor();
    const background = await page.locator('body').evaluate(backgroundOf);
    expect(background).toBe(scheme === 'light' ? 'rgb(244, 246, 245)' : 'rgb(16, 22, 21)');
    await page.evaluate(axe);
    expect(VIOLATIONS.parse(await page.evaluate('axe.run().then(({ violations }) => violations)'))).toEqual([]);
  });

  it('asks nobody but its own server, and receives no task token, secret or credential', async () => {
    await using opened = await openConsolePage(browser, console.url);
    const { page, requests, received } = opened;
    const row = await startTask(page, toMouse(page), '600');
    await row.getByRole('button', { name: 'Heartbeat' }).click();
    await row.getByRole('cell', { name: /^console / }).waitFor();
    await page.getByText(console.connection.worker.keyId).waitFor();
    expect(requests.filter((url) => !url.startsWith(`${console.url}/`))).toEqual([]);
    const all = received.join('\n');
    for (const part of ['<!doctype html>', 'EventSource', ':root', '"tasks"', '"heartbeat"', 'Started ']) {
      expect(all).toContain(part);
    }
    expect(secretsOf(console).filter((secret) => all.includes(secret))).toEqual([]);
    expect(all).not.toMatch(/A[KS]IA[A-Z0-9]{12}/);
  });

  it('is not shown in a frame of another page, nor does it answer one', async () => {
    const html = `<iframe src="${console.url}"></iframe>`;
    const server = await listen(
      createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html)),
      0,
    );
    const page = await browser.newPage();
    await addProbes(page);
    const loaded = page.waitForEvent('framenavigated', {
      predicate: (frame) => frame !== page.mainFrame(),
      timeout: 0,
    });
    await page.goto(server.url, { waitUntil: 'commit' });
    expect(await (await loaded).content()).not.toContain('Heartbeat relay console');
    for (const type of ['text/plain', 'application/json']) {
      expect(await page.evaluate(askAcrossOrigins, [`${console.url}/actions/faults`, type])).toBe('refused');
    }
    await page.close();
    await server.close();
  });
});
