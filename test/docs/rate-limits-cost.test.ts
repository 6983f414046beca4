import { expect, it } from 'vitest';

import { createFakeBackends, createTestApp } from '../lambda/test-app.ts';
import { aKeyId, aRecord, toAuthorization } from '../lambda/workers/worker-key-records.ts';
import { readPage } from './recordings.ts';

const TASKS = 300;
const INTERVAL_MS = 30_000;
const DOLLARS_PER_MILLION_WRITES = 0.625;

const ROW = /\| DynamoDB, rate limits \| (?<usual>\d\.\d\d) \| .* The most is (?<most>\d\.\d\d)/;

it('docs/cost.md states what leases cost per million heartbeats', async () => {
  const backends = createFakeBackends();
  const call = createTestApp(backends);
  const keys = Array.from({ length: TASKS }, (_, index) => aRecord({ keyId: aKeyId(index) }));
  backends.keys.splice(0, Infinity, ...keys);
  const events = keys.map((key, task) => ({
    headers: { authorization: toAuthorization(key) },
    body: JSON.stringify({ taskToken: `token ${task}` }),
  }));
  const play = async (rounds: number): Promise<number> => {
    const before = backends.leases.writes;
    for (let round = 0; round < rounds; round += 1) {
      for (const event of events) {
        backends.nowMs += INTERVAL_MS / TASKS;
        expect((await call(event)).statusCode).toBe(200);
      }
    }
    return backends.leases.writes - before;
  };
  // A container that is new to a key leases one token. It stays for long after that.
  await play(2);
  const perHeartbeat = (await play(20)) / (20 * TASKS);
  const row = ROW.exec(readPage('docs/cost.md'))?.groups;
  expect(Number(row?.['usual'])).toBeCloseTo(perHeartbeat * DOLLARS_PER_MILLION_WRITES, 1);
  expect(Number(row?.['most'])).toBeCloseTo(2 * DOLLARS_PER_MILLION_WRITES, 2);
});
