import { afterEach, describe, expect, it, vi } from 'vitest';

import type { WorkerKeyRecord } from '../../../lambda/workers/key-record.ts';
import { byMethod, createFakeBackends, ordersKey } from '../test-app.ts';
import { aKeyId, aRecord, aRecordV2, NOW, toAuthorization } from '../workers/worker-key-records.ts';
import { aLoggingContainer } from './written-lines.ts';

afterEach(() => vi.restoreAllMocks());

const DAY_MS = 86_400_000;
const SOON_MS = NOW + 14 * DAY_MS;
const ending = (expiresAtMs: number | null, keyId = aKeyId()): WorkerKeyRecord => aRecord({ keyId, expiresAtMs });

/** A container of a relay that has these keys. */
function aContainerWith(...keys: readonly WorkerKeyRecord[]) {
  const backends = createFakeBackends();
  backends.keys.splice(0, backends.keys.length, ...keys);
  const container = aLoggingContainer(backends);
  const heartbeat = async (key: WorkerKeyRecord, path = '/domains/orders/heartbeats') =>
    container.call({ headers: { authorization: toAuthorization(key) }, rawPath: path });
  return { ...container, heartbeat, reports: () => container.linesOf('KeyExpiresSoon') };
}

describe('a key in use that ends within 14 days', () => {
  it('gets one line, which is a metric, with its id and its end', async () => {
    const key = ending(SOON_MS);
    const { heartbeat, lines } = aContainerWith(key);
    await heartbeat(key);
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        code: 'KeyExpiresSoon',
        KeyExpiresSoon: 1,
        keyId: key.keyId,
        endsAt: new Date(SOON_MS).toISOString(),
      }),
    ]);
  });

  it.each<{ readonly when: string; readonly afterMs: number; readonly count: number }>([
    { when: 'the same day', afterMs: DAY_MS * 0.6, count: 1 },
    { when: 'the next day', afterMs: DAY_MS, count: 2 },
  ])('gets $count of them by $when, and each container writes its own', async ({ afterMs, count }) => {
    const key = ending(SOON_MS);
    const one = aContainerWith(key);
    for (const ms of [0, 1, afterMs, 1]) {
      one.backends.nowMs += ms;
      await one.heartbeat(key);
    }
    expect(one.reports()).toHaveLength(count);
    vi.restoreAllMocks();
    const other = aContainerWith(key);
    await other.heartbeat(key);
    expect(other.reports()).toHaveLength(1);
  });

  it.each<{ readonly key: string; readonly record: WorkerKeyRecord }>([
    { key: 'of version 2, by its grant', record: aRecordV2({ expiresAt: new Date(SOON_MS).toISOString() }) },
    { key: 'in its last millisecond', record: ending(NOW + 1) },
  ])('gets one: $key', async ({ record }) => {
    const { heartbeat, reports } = aContainerWith(record);
    await heartbeat(record);
    expect(reports()).toHaveLength(1);
  });

  it('gets one by the event of a rotation, although its grant ends later, with the earlier end', async () => {
    const key = aRecordV2({ expiresAt: new Date(SOON_MS + 60 * DAY_MS).toISOString() });
    const { heartbeat, backends, reports } = aContainerWith(key);
    backends.keyEvents.set(key.keyId, { isRevoked: false, endsAtMs: NOW + DAY_MS });
    await heartbeat(key);
    expect(reports()).toMatchObject([{ endsAt: new Date(NOW + DAY_MS).toISOString() }]);
  });

  it('gets one although the request is refused after the proof, however many refusals came before', async () => {
    const [long, key] = [ending(null), ending(SOON_MS, aKeyId(1))];
    const { heartbeat, reports } = aContainerWith(long, key);
    for (let count = 0; count < 30; count += 1) await heartbeat(long, '/domains/billing/heartbeats');
    await heartbeat(key, '/domains/billing/heartbeats');
    expect(reports()).toHaveLength(1);
  });

  it('is not reported beyond 2,000 keys a day, so that memory and lines are bounded', async () => {
    const keys = Array.from({ length: 2_002 }, (_key, number) => ending(SOON_MS, aKeyId(number)));
    const { heartbeat, reports } = aContainerWith(...keys);
    for (const key of [...keys, ...keys.slice(0, 5)]) await heartbeat(key);
    expect(reports()).toHaveLength(2_000);
  });
});

describe('no such line is written for', () => {
  it.each<{ readonly key: string; readonly record: WorkerKeyRecord }>([
    { key: 'a key without an end', record: ending(null) },
    { key: 'a key that ends in 14 days and a millisecond', record: ending(SOON_MS + 1) },
    { key: 'a key that ends in 15 days', record: ending(SOON_MS + DAY_MS) },
    { key: 'a key that has ended', record: ending(NOW - 1) },
    { key: 'a revoked key', record: aRecord({ status: 'revoked', expiresAtMs: SOON_MS }) },
  ])('$key', async ({ record }) => {
    const { heartbeat, reports } = aContainerWith(record);
    await heartbeat(record);
    expect(reports()).toEqual([]);
  });

  it('a key that nobody uses, and one that the caller only claims', async () => {
    const key = ending(SOON_MS);
    const { call, reports } = aContainerWith(key);
    await call({ ...byMethod('GET'), rawPath: '/health', headers: {} });
    await call({ headers: { authorization: `Bearer ${ordersKey.keyId}.${'A'.repeat(43)}` } });
    expect(reports()).toEqual([]);
  });
});

it('the line costs no call: neither a read of the key, nor a derivation', async () => {
  const counted = async (expiresAtMs: number | null) => {
    const key = ending(expiresAtMs);
    const { backends, heartbeat } = aContainerWith(key);
    for (let count = 0; count < 3; count += 1) await heartbeat(key);
    vi.restoreAllMocks();
    return [backends.keyReads, backends.derivations, backends.forwarded.length];
  };
  expect(await counted(SOON_MS)).toEqual(await counted(null));
});
