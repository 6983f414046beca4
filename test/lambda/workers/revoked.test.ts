import { describe, expect, it } from 'vitest';

import { createTestApp, createFakeBackends, ordersKey } from '../test-app.ts';
import { NOW } from './worker-key-records.ts';

/** Two containers over one table of keys, on one clock. */
function aPair() {
  const backends = createFakeBackends();
  const [one, other] = [createTestApp(backends), createTestApp(backends)];
  const revoke = (): void => void backends.keys.splice(0, 1, { ...ordersKey, status: 'revoked' });
  const statusesAt = async (atMs: number): Promise<number[]> => {
    backends.nowMs = atMs;
    return (await Promise.all([one(), other()])).map(({ statusCode }) => statusCode);
  };
  return { backends, one, other, revoke, statusesAt };
}

/** When the containers read the key, before its revocation; and what they answer so long after it. */
const ROWS = [
  {
    given: 'both in the very moment before',
    readBeforeMs: [0, 0],
    answers: { 1: [200, 200], 49_999: [200, 200], 50_000: [401, 401], 60_000: [401, 401] },
  },
  {
    given: 'one in the moment before, the other 30 s earlier',
    readBeforeMs: [30_000, 0],
    answers: { 1: [200, 200], 19_999: [200, 200], 20_000: [401, 200], 49_999: [401, 200], 50_000: [401, 401] },
  },
  {
    given: 'both just short of 50 s before',
    readBeforeMs: [49_999, 49_999],
    answers: { 0: [200, 200], 1: [401, 401], 60_000: [401, 401] },
  },
  {
    given: 'both an hour before, and not since',
    readBeforeMs: [3_600_000, 3_600_000],
    answers: { 0: [401, 401], 60_000: [401, 401] },
  },
];

describe('a revocation with two containers that know the key', () => {
  it.each(ROWS)(
    'holds in both within 60 s, with it read $given',
    async ({ readBeforeMs: [first = 0, second = 0], answers }) => {
      const { backends, one, other, revoke, statusesAt } = aPair();
      backends.nowMs = NOW - first;
      expect((await one()).statusCode).toBe(200);
      backends.nowMs = NOW - second;
      expect((await other()).statusCode).toBe(200);
      revoke();
      const seen: Record<string, number[]> = {};
      for (const afterMs of Object.keys(answers)) seen[afterMs] = await statusesAt(NOW + Number(afterMs));
      expect(seen).toEqual(answers);
    },
  );

  it('holds within 60 s at any pace of heartbeats: a heartbeat does not make the key fresh again', async () => {
    const { revoke, statusesAt } = aPair();
    expect(await statusesAt(NOW)).toEqual([200, 200]);
    revoke();
    const seen = new Map<number, number[]>();
    for (let afterMs = 0; afterMs <= 60_000; afterMs += 1_000) seen.set(afterMs, await statusesAt(NOW + afterMs));
    expect([...seen].findLast(([, statuses]) => statuses.includes(200))).toEqual([49_000, [200, 200]]);
  });

  it('holds for ever after, also while the table cannot be read', async () => {
    const { backends, revoke, statusesAt } = aPair();
    await statusesAt(NOW);
    revoke();
    await statusesAt(NOW + 50_000);
    backends.areKeysReadable = false;
    for (const afterMs of [99_999, 100_000, 600_000, 3_600_000]) {
      const statuses = await statusesAt(NOW + afterMs);
      expect(statuses.filter((status) => status !== 401 && status !== 503)).toEqual([]);
    }
  });
});
