import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { expect, it } from 'vitest';

import { listen } from '../../local/listen.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { AProcess } from '../e2e/a-process.ts';
import { until } from '../e2e/until.ts';
import { KEY } from '../kit/scene.ts';
import { ENDED_BY_SIGTERM } from '../e2e/told-early.ts';

const AT_ONCE = 40;

/** A worker that does not end itself is ended then. */
const LONGEST_MS = 60_000;

const ACCEPTED_AT = '2026-11-22T08:00:00.000Z';

type Counts = Readonly<Record<string, number>>;

/** Plays so many workers, some of them at once, and counts the exit codes. */
async function countExitCodes(workers: number, start: (number: number) => Promise<AProcess>): Promise<Counts> {
  const numbers = Array.from({ length: workers }, (_, index) => index).values();
  const counts = new Map<string, number>();
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      const worker = await start(number);
      const timer = setTimeout(() => void worker.signal('SIGKILL'), LONGEST_MS);
      const exitCode = String((await worker.ended).exitCode);
      clearTimeout(timer);
      counts.set(exitCode, (counts.get(exitCode) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return Object.fromEntries<number>(counts);
}

const startWorker = (work: readonly string[], variables: Readonly<Record<string, string>>): AProcess =>
  new AProcess('bash', ['worker/shell/worker.sh', 'run', '--', ...work], { HEARTBEAT_DOMAIN: 'orders', ...variables });

/** Answers every heartbeat at once: each task's second says that a cancellation was requested. */
function createCancelingRelay() {
  const canceled = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const isCanceled = canceled.has(body);
    response.end(JSON.stringify({ cancelRequested: isCanceled, forwarded: true, acceptedAt: ACCEPTED_AT }));
    canceled.add(body);
  };
  return createServer((request, response) => void answer(request, response));
}

// With a trap where heartbeats are sent, 13 of 3,000 lost the signal that ends them, or their outcome.
it('3,000 times, worker.sh ends with 90 once its canceled work has ended', async () => {
  using folder = new AFolder();
  const keyFile = `${folder.path}/key`;
  writeFileSync(keyFile, `${KEY}\n`);
  const { url, close } = await listen(createCancelingRelay(), 0);
  const start = async (number: number) =>
    startWorker(['sleep', '600'], {
      HEARTBEAT_RELAY_URL: url,
      HEARTBEAT_KEY_FILE: keyFile,
      // The second heartbeat comes after T/6. With 40 at once, a shorter T might be over before it.
      HEARTBEAT_TIMEOUT_SECONDS: '12',
      TASK_TOKEN: `token-${number}`,
    });
  const counts = await countExitCodes(3_000, start);
  await close();
  expect(counts).toEqual({ 90: 3_000 });
});

// With a pipeline that the signal could meet while it was started, some never ended.
it('1,500 times, worker.sh that is told to end as soon as its work runs, ends it', async () => {
  using folder = new AFolder();
  const start = async (number: number): Promise<AProcess> => {
    const ready = `${folder.path}/${number}`;
    const worker = startWorker(['bash', '-c', `echo >'${ready}'; exec sleep 600`], {
      HEARTBEAT_RELAY_URL: 'http://127.0.0.1:1',
      HEARTBEAT_KEY: KEY,
      HEARTBEAT_TIMEOUT_SECONDS: '600',
      TASK_TOKEN: 'none',
    });
    await until('the work', () => existsSync(ready) || undefined);
    process.kill(worker.pid, 'SIGTERM');
    return worker;
  };
  expect(await countExitCodes(1_500, start)).toEqual({ [ENDED_BY_SIGTERM]: 1_500 });
});
