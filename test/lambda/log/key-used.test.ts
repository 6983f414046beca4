import { afterEach, describe, expect, it, vi } from 'vitest';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import { aHeartbeatEvent, byMethod, createFakeBackends, fromAddress, ordersKey } from '../test-app.ts';
import { aKeyId, aRecord, NOW, toAuthorization } from '../workers/worker-key-records.ts';
import { aLoggingContainer } from './written-lines.ts';

afterEach(() => vi.restoreAllMocks());

const FIVE_MINUTES_MS = 5 * 60_000;
const ONE = '198.51.100.7';
const OTHER = '2001:db8::9';

async function sendAll(call: (event: Partial<HttpEvent>) => Promise<unknown>, addresses: readonly string[]) {
  for (const address of addresses) await call(fromAddress(address));
}

describe('after 20 heartbeats of one key from two addresses', () => {
  const ADDRESSES = Array.from({ length: 20 }, (_heartbeat, number) => (number % 3 === 0 ? OTHER : ONE));

  it.each<{ readonly request: string; readonly over: Partial<HttpEvent> }>([
    { request: 'heartbeat of the same key', over: {} },
    { request: 'request to /health', over: { ...byMethod('GET'), rawPath: '/health', headers: {} } },
    { request: 'refused request', over: { headers: {} } },
    { request: 'request to an unknown path', over: { rawPath: '/nowhere' } },
  ])('the log says so in one line within 5 minutes and one more $request', async ({ over }) => {
    const { backends, call, linesOf } = aLoggingContainer();
    for (const address of ADDRESSES) {
      await call(fromAddress(address));
      backends.nowMs += 10_000;
    }
    backends.nowMs = NOW + FIVE_MINUTES_MS - 1;
    expect(linesOf('KeyUsed')).toEqual([]);
    backends.nowMs += 1;
    await call(over);
    await call(over);
    expect(linesOf('KeyUsed')).toEqual([
      {
        level: 'INFO',
        message: 'KeyUsed',
        code: 'KeyUsed',
        service: 'HeartbeatRelay-dev',
        timestamp: expect.any(String) as unknown,
        sampling_rate: expect.any(Number) as unknown,
        keyId: ordersKey.keyId,
        sourceIps: [OTHER, ONE],
        count: 20,
        countFromOthers: 0,
        domain: 'orders',
        paced: 0,
        throttled: 0,
        firstAt: new Date(NOW).toISOString(),
        lastAt: new Date(NOW + 190_000).toISOString(),
      },
    ]);
  });
});

describe('the line of a key’s use', () => {
  it('counts look-ups and refusals after the proof, and nothing of callers that only claim the key', async () => {
    const { backends, call, linesOf } = aLoggingContainer();
    await call(fromAddress(ONE));
    await call({ ...fromAddress(ONE), rawPath: '/domains/billing/heartbeats' });
    const authorization = `Bearer ${ordersKey.keyId}.${'A'.repeat(43)}`;
    await call({ ...fromAddress(OTHER), headers: { authorization } });
    backends.nowMs += FIVE_MINUTES_MS;
    await call({ rawPath: '/nowhere' });
    expect(linesOf('KeyUsed')).toMatchObject([
      { domain: 'orders', count: 1, sourceIps: [ONE] },
      { domain: 'billing', count: 1, sourceIps: [ONE] },
    ]);
  });

  it('lists the first 10 addresses, and counts the requests from others', async () => {
    const { backends, call, linesOf } = aLoggingContainer();
    const addresses = Array.from({ length: 12 }, (_address, number) => `198.51.100.${number}`);
    await sendAll(call, [...addresses, ...addresses]);
    backends.nowMs += FIVE_MINUTES_MS;
    await call();
    expect(linesOf('KeyUsed')).toMatchObject([{ count: 24, sourceIps: addresses.slice(0, 10), countFromOthers: 4 }]);
  });

  it.each(['', 'unknown', 'HBRKAAAAAAAAAAAAAAAA.secret', `fe80::1%${'a'.repeat(60)}`])(
    'has no text %j that is not an address',
    async (sourceIp) => {
      const { backends, call, linesOf } = aLoggingContainer();
      await call(fromAddress(sourceIp));
      backends.nowMs += FIVE_MINUTES_MS;
      await call();
      expect(linesOf('KeyUsed')).toMatchObject([{ count: 1, sourceIps: [] }]);
    },
  );

  it('is written for each key of its own, and for each 5 minutes anew', async () => {
    const backends = createFakeBackends();
    const { call, linesOf } = aLoggingContainer(backends);
    const other = aRecord({ keyId: aKeyId(7) });
    backends.keys.push(other);
    await call();
    backends.nowMs += FIVE_MINUTES_MS;
    await call({ headers: { authorization: toAuthorization(other) } });
    expect(linesOf('KeyUsed')).toMatchObject([{ keyId: ordersKey.keyId, count: 1 }]);
    backends.nowMs += FIVE_MINUTES_MS;
    await call();
    expect(linesOf('KeyUsed')).toMatchObject([{ keyId: ordersKey.keyId }, { keyId: other.keyId, count: 1 }]);
  });

  it('comes early for the oldest of more than 2,000 keys, so that memory is bounded and no count is lost', async () => {
    const backends = createFakeBackends();
    const { call, linesOf } = aLoggingContainer(backends);
    const keys = Array.from({ length: 2_001 }, (_key, number) => aRecord({ keyId: aKeyId(number) }));
    backends.keys.splice(0, backends.keys.length, ...keys);
    for (const key of keys) await call({ ...fromAddress(ONE), headers: { authorization: toAuthorization(key) } });
    expect(linesOf('KeyUsed')).toEqual([]);
    await call({ ...byMethod('GET'), rawPath: '/health' });
    expect(linesOf('KeyUsed')).toMatchObject([{ keyId: keys[0]?.keyId, count: 1 }]);
    backends.nowMs += FIVE_MINUTES_MS;
    const health = { ...aHeartbeatEvent(), ...byMethod('GET'), rawPath: '/health' };
    await call(health);
    // So many lines take a heartbeat little time.
    expect(linesOf('KeyUsed')).toHaveLength(1 + 50);
    for (let requests = 1; requests < 40; requests += 1) await call(health);
    expect(new Set(linesOf('KeyUsed').map(({ keyId }) => keyId))).toEqual(new Set(keys.map(({ keyId }) => keyId)));
    expect(linesOf('KeyUsed')).toHaveLength(2_001);
  });

  it('is written once the clock was set back, because nobody knows how old it is', async () => {
    const { backends, call, linesOf } = aLoggingContainer();
    await call(fromAddress(ONE));
    backends.nowMs -= 1;
    await call(fromAddress(ONE));
    expect(linesOf('KeyUsed')).toMatchObject([{ count: 1 }]);
  });
});
