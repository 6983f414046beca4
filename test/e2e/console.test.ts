import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readStartedTasks } from '../../local/held-tasks.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { type AConsole, HAS_CHROMIUM, launchChromium, openPage, send, startAConsole } from './a-console.ts';
import { Worker } from './beats.ts';

let console: AConsole;

beforeAll(async () => {
  console = await startAConsole();
});
afterAll(async () => console[Symbol.asyncDispose]());

describe('the console’s server', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  const FAULTS = { method: 'POST', path: '/actions/faults', body: '{"rules":[]}' };

  it('lets a page load only what the console itself serves, and nobody may frame it', async () => {
    const { headers } = await send(console.url, {});
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
  });

  it.each([
    { from: 'a foreign origin', headers: { origin: 'https://evil.example' } },
    { from: 'another port', headers: { origin: 'http://127.0.0.1:1' } },
    { from: 'a foreign host', headers: { host: 'evil.example' } },
    { from: 'a foreign site', headers: { 'sec-fetch-site': 'cross-site' } },
    { from: 'a page of another port', headers: { 'sec-fetch-site': 'same-site' } },
    { from: 'a foreign frame', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' } },
  ])('refuses $from', async ({ headers }) => {
    for (const sent of [{}, { path: '/events' }, { ...FAULTS, ...JSON_TYPE }]) {
      expect((await send(console.url, { ...sent, headers: { ...JSON_TYPE, ...headers } })).status).toBe(403);
    }
  });

  it.each([
    { given: 'a form', sent: { ...FAULTS, headers: { 'content-type': 'text/plain' } }, status: 405 },
    { given: 'GET', sent: { path: FAULTS.path }, status: 405 },
    { given: 'no JSON', sent: { ...FAULTS, headers: JSON_TYPE, body: '{' }, status: 400 },
    { given: 'a bad rule', sent: { ...FAULTS, headers: JSON_TYPE, body: '{"rules":["x"]}' }, status: 400 },
    {
      given: 'a task that nobody started here',
      sent: { method: 'POST', path: '/actions/cancel', headers: JSON_TYPE, body: '{"taskId":"x"}' },
      status: 400,
    },
    { given: 'another path', sent: { path: '/../package.json' }, status: 404 },
  ])('refuses $given', async ({ sent, status }) => {
    expect((await send(console.url, sent)).status).toBe(status);
  });

  it('is printed by the command console', async () => {
    const { path } = console.running.stateFolder;
    const { stdout, exitCode } = await runProgram(['console', '--state', path]);
    expect({ stdout, exitCode }).toEqual({ stdout: `${console.url}\n`, exitCode: 0 });
  });
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIOLATIONS = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** axe runs outside the page's policy, in the page's world. */
async function findViolations(page: Page): Promise<z.infer<typeof VIOLATIONS>> {
  await page.evaluate(axe);
  return VIOLATIONS.parse(await page.evaluate('axe.run().then(({ violations }) => violations)'));
}

describe.skipIf(!HAS_CHROMIUM)('the console in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => browser.close());

  it('shows a heartbeat of a worker, and IAM’s sentence about a foreign task', async () => {
    await using opened = await openPage(browser, console.url);
    const { page } = opened;
    const { connection, running } = console;
    const worker = new Worker(connection.relayUrl, connection.worker);
    await worker.beat('orders', connection.task.taskToken);
    const feed = page.locator('#feed');
    await feed.getByText(`orders ${connection.task.taskId.slice(0, 8)} 200 cancelRequested false`).first().waitFor();
    const foreign = readStartedTasks(running.stateFolder).find(({ domain }) => domain === 'billing');
    await worker.beat('orders', foreign?.taskToken ?? '');
    await feed.getByText(/IAM: .*is not authorized to perform: swf:RecordActivityTaskHeartbeat/).waitFor();
    await feed.getByText(/403 TaskNotInDomain/).waitFor();
  });

  it('starts, heartbeats, cancels and completes a task, and sets and removes faults, by keyboard alone', async () => {
    await using opened = await openPage(browser, console.url);
    const { page } = opened;
    await page.getByLabel('Heartbeat timeout in seconds').fill('600');
    await page.keyboard.press('Enter');
    const name = (await page.getByRole('status').getByText(/^Started /).innerText()).split(' ')[1] ?? '';
    const press = async (button: string): Promise<void> => {
      await page.getByRole('button', { name: `${button} ${name}` }).focus();
      await page.keyboard.press('Enter');
    };
    const row = page.getByRole('row').filter({ hasText: name });
    await press('Heartbeat');
    await row.getByRole('cell', { name: /^console / }).waitFor();
    await press('Cancel');
    await row.getByRole('cell', { name: 'requested', exact: true }).waitFor();
    await page.getByLabel('Rules').fill('swf=throttle:100%');
    await page.keyboard.press('Enter');
    await page.locator('#fault-list').getByText('swf=throttle:100%').waitFor();
    await page.getByRole('button', { name: 'Remove all' }).press('Space');
    await page.locator('#fault-list').getByText('No faults.').waitFor();
    await press('Complete');
    await row.getByRole('cell', { name: 'completed' }).waitFor();
    expect(opened.errors).toEqual([]);
  });

  it('counts a task’s time down, and says that it timed out', async () => {
    await using opened = await openPage(browser, console.url);
    const { page } = opened;
    await page.getByLabel('Heartbeat timeout in seconds').fill('2');
    await page.getByRole('button', { name: 'Start a task' }).click();
    const name = (await page.getByRole('status').getByText(/^Started /).innerText()).split(' ')[1] ?? '';
    const row = page.getByRole('row').filter({ hasText: name });
    await row.getByRole('cell', { name: 'timed out' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s', async (scheme) => {
    await using opened = await openPage(browser, console.url, scheme);
    await opened.page.locator('#tasks tbody tr').first().waitFor();
    expect(await findViolations(opened.page)).toEqual([]);
  });

  it('asks nobody but its own server, and gets no task token, secret or key', async () => {
    await using opened = await openPage(browser, console.url);
    const { requests } = opened;
    await expect.poll(() => requests.some((url) => url.endsWith('/events'))).toBe(true);
    expect(requests.filter((url) => !url.startsWith(`${console.url}/`))).toEqual([]);
    const received = await readEvents(console.url);
    const { worker, operator, task } = console.connection;
    const tokens = readStartedTasks(console.running.stateFolder).map(({ taskToken }) => taskToken);
    for (const secret of [worker.secret, operator.secretAccessKey, operator.accessKeyId, task.taskToken, ...tokens]) {
      expect(received).not.toContain(secret);
    }
    expect(received).toContain(worker.keyId);
  });
});

/** The first snapshot and all of the feed. */
async function readEvents(url: string): Promise<string> {
  const { body } = await fetch(`${url}/events`);
  let received = '';
  for await (const chunk of body ?? []) {
    received += Buffer.from(chunk).toString();
    if (/^event: snapshot\ndata: .*\n\n/m.test(received)) return received;
  }
  return received;
}
