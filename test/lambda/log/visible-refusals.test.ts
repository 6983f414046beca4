import { afterEach, describe, expect, it, vi } from 'vitest';

import { createFakeBackends, fromAddress, ordersKey, toEvent } from '../test-app.ts';
import { aSignedRequest } from '../workers/signed-request.ts';
import { aKeyId, aRecord, aRecordV2, NOW, toAuthorization, toSecret } from '../workers/worker-key-records.ts';
import { aLoggingContainer, type Line } from './written-lines.ts';

afterEach(() => vi.restoreAllMocks());

const MINUTE_MS = 60_000;
const WRONG = 'A'.repeat(43);
const ADDRESS = '198.51.100.7';

const REASONS = ['unknown', 'wrong-secret', 'revoked', 'expired', 'network'] as const;
type Reason = (typeof REASONS)[number];

/** A key that is refused for this reason, and the header that a caller sends. */
function aBadKey(reason: Reason) {
  const keyId = aKeyId(100);
  const record = aRecordV2(reason === 'network' ? { networks: ['203.0.113.0/24'] } : {}, keyId);
  const authorization = reason === 'wrong-secret' ? `Bearer ${keyId}.${WRONG}` : toAuthorization(record);
  const events = { isRevoked: reason === 'revoked', endsAtMs: reason === 'expired' ? NOW : null };
  return { record, event: { ...fromAddress(ADDRESS), headers: { authorization } }, events };
}

function aContainerWith(...bad: ReturnType<typeof aBadKey>[]) {
  const backends = createFakeBackends();
  for (const { record, events } of bad) {
    backends.keys.push(record);
    backends.keyEvents.set(record.keyId, events);
  }
  return aLoggingContainer(backends);
}

const anonymous = (number: number) => ({ headers: { authorization: `Bearer ${aKeyId(5_000 + number)}.${WRONG}` } });

async function times(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  for (let number = 0; number < count; number += 1) await work(number);
}

/** How many refusals the lines account for. */
const countRefusals = (lines: readonly Line[]): number =>
  lines.reduce((sum, { code, summed = [] }) => {
    return sum + (code === 'Unauthenticated' ? 1 : 0) + summed.reduce((held, { count }) => held + count, 0);
  }, 0);

describe('the line of a refused key', () => {
  it.each(REASONS)('says that its reason is %s, and the id as claimed', async (reason) => {
    const bad = aBadKey(reason);
    const { call, lines } = reason === 'unknown' ? aContainerWith() : aContainerWith(bad);
    await call(bad.event);
    expect(lines()).toMatchObject([{ reason, claimedKeyId: bad.record.keyId, sourceIp: ADDRESS }]);
    expect(lines()[0]).not.toHaveProperty('keyId');
  });

  it.each(REASONS)('says so of a signature, too: %s', async (reason) => {
    const { record } = aBadKey(reason);
    const { keyId } = record;
    const secret = reason === 'wrong-secret' ? WRONG : toSecret(record);
    const { call, lines } = reason === 'unknown' ? aContainerWith() : aContainerWith(aBadKey(reason));
    await call(toEvent(aSignedRequest({ keyId, secret })));
    expect(lines()).toMatchObject([{ reason, claimedKeyId: keyId }]);
  });

  it('says unknown of an access key id of AWS, and does not name it', async () => {
    const { call, lines, written } = aContainerWith();
    await call(toEvent(aSignedRequest({ keyId: 'AKIAIOSFODNN7EXAMPLE' })));
    expect(lines()).toMatchObject([{ reason: 'unknown' }]);
    expect(written.join('')).not.toContain('AKIA');
  });

  it('says wrong-secret of a revoked key whose secret the caller does not have', async () => {
    const bad = aBadKey('revoked');
    const { call, lines } = aContainerWith(bad);
    await call({ headers: { authorization: `Bearer ${bad.record.keyId}.${WRONG}` } });
    expect(lines()).toMatchObject([{ reason: 'wrong-secret' }]);
  });

  it('names a key as proven once its caller has proved it', async () => {
    const { call, lines } = aContainerWith();
    await call({ rawPath: '/domains/billing/heartbeats' });
    expect(lines()).toMatchObject([{ code: 'DomainNotGranted', keyId: ordersKey.keyId }]);
    expect(lines()[0]).not.toHaveProperty('claimedKeyId');
  });

  it('differs by its reason alone: the answers are the same byte for byte', async () => {
    const answers = new Set<string>();
    for (const reason of REASONS) {
      const bad = aBadKey(reason);
      const { call } = reason === 'unknown' ? aContainerWith() : aContainerWith(bad);
      answers.add(JSON.stringify(await call(bad.event)));
    }
    expect(answers.size).toBe(1);
  });
});

describe('ten anonymous requests a minute', () => {
  it.each(REASONS.filter((reason) => reason !== 'unknown'))('hide nothing about a known key: %s', async (reason) => {
    const bad = aBadKey(reason);
    const { call, lines } = aContainerWith(bad);
    await times(10, async (number) => call(anonymous(number)));
    await times(10, async () => call({ headers: {} }));
    await times(10, async () => call({ headers: { authorization: `Bearer ${aKeyId()}.${WRONG}` } }));
    await call(bad.event);
    expect(lines().at(-1)).toMatchObject({ reason, claimedKeyId: bad.record.keyId, sourceIp: ADDRESS });
  });

  it('of one key hide nothing about another after its proof', async () => {
    const other = aRecord({ keyId: aKeyId(100) });
    const backends = createFakeBackends();
    backends.keys.push(other);
    const { call, linesOf } = aLoggingContainer(backends);
    const rawPath = '/domains/billing/heartbeats';
    await times(11, async () => call({ rawPath }));
    await call({ rawPath, headers: { authorization: toAuthorization(other) } });
    expect(linesOf('DomainNotGranted')).toHaveLength(11);
    expect(linesOf('DomainNotGranted').at(-1)).toMatchObject({ keyId: other.keyId });
  });

  it('leave a known key ten lines a minute of its own, and a sum with its id', async () => {
    const bad = aBadKey('revoked');
    const { backends, call, linesOf } = aContainerWith(bad);
    await times(30, async (number) => call(anonymous(number)));
    await times(25, async () => call(bad.event));
    const mine = linesOf('Unauthenticated').filter(({ claimedKeyId }) => claimedKeyId === bad.record.keyId);
    expect(mine).toHaveLength(10);
    backends.nowMs += MINUTE_MS;
    await call();
    expect(linesOf('RefusalsSummed')).toMatchObject([
      {
        Unauthenticated: 35,
        summed: [
          { reason: 'unknown', count: 20 },
          { reason: 'revoked', count: 15, claimedKeyId: bad.record.keyId },
        ],
      },
    ]);
  });
});

describe('of 400 refusals spread over the end of a container', () => {
  it.each([
    { given: 'of strangers', send: anonymous },
    { given: 'of a known key', send: () => aBadKey('revoked').event },
    {
      given: 'of both',
      send: (number: number) => (number % 2 === 0 ? anonymous(number) : aBadKey('revoked').event),
    },
  ])('only those of its last minute may be missing: $given', async ({ send }) => {
    const { backends, call, lines } = aContainerWith(aBadKey('revoked'));
    const STEP_MS = 1_500;
    const isInLastMinute = (number: number): boolean => (399 - number) * STEP_MS < MINUTE_MS;
    let before = 0;
    await times(400, async (number) => {
      backends.nowMs = NOW + number * STEP_MS;
      await call(send(number));
      if (!isInLastMinute(number)) before += 1;
    });
    expect(countRefusals(lines())).toBeGreaterThanOrEqual(before);
    expect(countRefusals(lines())).toBeLessThanOrEqual(400);
  });

  it('none is missing if only recorded heartbeats fill the last minute', async () => {
    const { backends, call, lines } = aContainerWith(aBadKey('revoked'));
    await times(400, async (number) => {
      backends.nowMs = NOW + number * 1_000;
      await call(number % 2 === 0 ? anonymous(number) : aBadKey('revoked').event);
    });
    backends.nowMs += MINUTE_MS;
    expect((await call()).statusCode).toBe(200);
    expect(countRefusals(lines())).toBe(400);
  });
});

describe('the work for a refusal', () => {
  it.each(REASONS)('is one composed line, written or not, once strangers have used up theirs: %s', async (reason) => {
    const bad = aBadKey(reason);
    const { call, written } = reason === 'unknown' ? aContainerWith() : aContainerWith(bad);
    await times(10, async (number) => call(anonymous(number)));
    written.length = 0;
    const stringify = vi.spyOn(JSON, 'stringify');
    await call(bad.event);
    const composed = stringify.mock.results.filter(({ value }) => String(value).includes('"level":"INFO"'));
    expect(composed).toHaveLength(1);
    expect(written).toHaveLength(reason === 'unknown' ? 0 : 1);
  });
});
