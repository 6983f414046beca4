import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { expect, it } from 'vitest';

import { listen } from '../../local/listen.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { AProcess, type Ended } from '../e2e/a-process.ts';

/** Of 3,000 workers, 13 lost the signal that ends them, or their outcome, when that took a trap in bash. */
const WORKERS = 3_000;
const AT_ONCE = 40;

/** A worker that does not end itself is ended then. */
const LONGEST_MS = 60_000;

/** Answers every heartbeat at once: each task's second says that a cancellation was requested. */
function createCancelingRelay() {
  const canceled = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    response.end(JSON.stringify({ cancelRequested: canceled.has(body), forwarded: true }));
    canceled.add(body);
  };
  return createServer((request, response) => void answer(request, response));
}

async function cancelOne(relayUrl: string, keyFile: string, taskToken: string): Promise<Ended> {
  const worker = new AProcess('bash', ['examples/worker.sh', 'sleep', '600'], {
    HEARTBEAT_RELAY_URL: relayUrl,
    HEARTBEAT_DOMAIN: 'orders',
    HEARTBEAT_KEY_FILE: keyFile,
    HEARTBEAT_TIMEOUT_SECONDS: '1',
    TASK_TOKEN: taskToken,
  });
  const timer = setTimeout(() => void worker.signal('SIGKILL'), LONGEST_MS);
  return worker.ended.finally(() => clearTimeout(timer));
}

it(`${WORKERS.toLocaleString('en')} times, worker.sh ends with 90 once its canceled work has ended`, async () => {
  using folder = new AFolder();
  const keyFile = `${folder.path}/key`;
  writeFileSync(keyFile, 'none\n');
  const { url, close } = await listen(createCancelingRelay(), 0);
  const waiting = Array.from({ length: WORKERS }, (_, index) => `token-${index}`).values();
  const exitCodes = new Map<number | null, number>();
  const work = async (): Promise<void> => {
    for (const taskToken of waiting) {
      const { exitCode } = await cancelOne(url, keyFile, taskToken);
      exitCodes.set(exitCode, (exitCodes.get(exitCode) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await close();
  expect(Object.fromEntries(exitCodes)).toEqual({ 90: WORKERS });
});
