import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConnection } from '../local/connection.ts';
import { Feed } from '../local/console/feed.ts';
import { openConsole } from '../local/console/open-console.ts';
import { readStartedTasks } from '../local/held-tasks.ts';
import { run, type Running } from '../local/running.ts';
import { launchChromium } from './chromium.ts';
import { sendHeartbeats } from './send-heartbeats.ts';

const VIEWPORT = { width: 1280, height: 1120 };

/** Photographs the console of a stack of its own, after some work. */
export async function makeConsole(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-pictures-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const feed = new Feed(Date.now);
  const running = await run({
    statePath: join(folder, 'state'),
    domains: 'orders,billing',
    relayPort: 0,
    awsPort: 0,
    maxContainers: 2,
    observer: (domains) => {
      feed.declare(domains);
      return feed;
    },
  });
  closing.defer(running.close);
  const { url, close } = await openConsole(running, feed, 0);
  closing.defer(close);
  const browser = await launchChromium();
  closing.defer(async () => browser.close());
  const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' });
  await page.goto(url);
  await page.getByRole('rowheader').first().waitFor();
  await work(running, url);
  await page.getByRole('cell', { name: 'completed' }).waitFor();
  await page.getByText(/429 SwfThrottled/).waitFor();
  return await page.screenshot();
}

/** Something of all that the page can show: tasks in each state, a refusal, a fault and its outcome. */
async function work({ stateFolder }: Running, url: string): Promise<void> {
  const act = async (action: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/actions/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  for (const domain of ['orders', 'orders', 'orders', 'billing', 'billing']) {
    await act('start', { domain, heartbeatTimeoutSeconds: 300 });
  }
  const connection = readConnection(stateFolder.path);
  const tasks = readStartedTasks(stateFolder);
  for (const [index, { taskId }] of tasks.entries()) {
    await act('heartbeat', { taskId, details: `sheet ${(index + 1) * 120} of 1200` });
  }
  const [first, second, third] = tasks.filter(({ domain }) => domain === 'orders');
  await act('cancel', { taskId: first?.taskId });
  await act('heartbeat', { taskId: first?.taskId, details: 'sheet 640 of 1200' });
  await act('complete', { taskId: second?.taskId });
  const foreign = tasks.find(({ domain }) => domain === 'billing');
  await sendHeartbeats(connection, [{ taskToken: foreign?.taskToken ?? '' }]);
  await act('faults', { rules: ['swf=throttle:100%'] });
  await sendHeartbeats(connection, [{ taskToken: third?.taskToken ?? '', details: 'sheet 400 of 1200' }]);
}
