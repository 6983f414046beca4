import { describe, expect, it } from 'vitest';

import type { WorkerKeyRecord } from '../../../lambda/workers/key-record.ts';
import { type KeyEvents, NO_EVENTS, toKnownKey } from '../../../lambda/workers/known-key.ts';
import type { KeyId } from '../../../lambda/workers/worker-key.ts';
import type { UnverifiedProof } from '../../../lambda/workers/proof.ts';
import { CALL_TIMEOUT_MS } from '../../../lambda/http/deadline.ts';
import { RelayError } from '../../../lambda/http/errors.ts';
import { AuthenticationUnavailableError, UnauthenticatedError } from '../../../lambda/workers/errors.ts';
import { Trace } from '../../../lambda/http/trace.ts';
import { createVerifyProof } from '../../../lambda/workers/verify-proof.ts';
import { aGrant, aKeyId, aProof, aRecord, aRecordV2, NOW, toSecret } from './worker-key-records.ts';

const BAD_KEY: unknown = expect.objectContaining({ code: 'Unauthenticated', reason: 'bad-key' });
const UNAVAILABLE: unknown = expect.objectContaining({ code: 'AuthenticationUnavailable' });
const WORKER = { keyId: aKeyId(), domains: ['orders'] };
const WORKER_V2 = { keyId: aKeyId(), grant: aGrant() };
const MINUTE_MS = 60_000;

/** The verification over a table that can be changed, on a clock that can be moved. */
function aVerification(...records: WorkerKeyRecord[]) {
  const world = {
    nowMs: NOW,
    records: new Map<KeyId, WorkerKeyRecord>(records.map((record) => [record.keyId, record])),
    events: NO_EVENTS,
    hasOtherMacKey: false,
    sourceIp: '192.0.2.1',
    isTableUp: true,
    isKmsUp: true,
    reads: 0,
    derivations: 0,
    capsMs: new Array<number>(),
    sideEvents: new Array<string>(),
  };
  const verifyProof = createVerifyProof({
    findKey: async (keyId) => {
      world.reads += 1;
      if (!world.isTableUp) throw new AuthenticationUnavailableError('the table is down');
      const record = world.records.get(keyId);
      if (record === undefined) return undefined;
      const known = toKnownKey(record, world.events);
      return world.hasOtherMacKey ? { ...known, hasOtherMacKey: true } : known;
    },
    deriveSecret: async (record) => {
      world.derivations += 1;
      if (!world.isKmsUp) throw new AuthenticationUnavailableError('kms is down');
      return toSecret(record);
    },
    clock: () => world.nowMs,
  });
  const deadline = {
    signal: (timeoutMs: number) => {
      world.capsMs.push(timeoutMs);
      return new AbortController().signal;
    },
  };
  const verify = async (proof: UnverifiedProof) => {
    const trace = new Trace(() => world.nowMs);
    try {
      return await verifyProof(proof, { deadline, trace, sourceIp: world.sourceIp });
    } finally {
      world.sideEvents.push(...trace.sideEvents);
    }
  };
  return { world, verify };
}

const record = aRecord();
const genuine = aProof(record);
const wrong = aProof(record, 'A'.repeat(43));

describe('a known key', () => {
  it('costs one read and one derivation for many heartbeats', async () => {
    const { world, verify } = aVerification(record);
    for (let heartbeat = 0; heartbeat < 100; heartbeat += 1) expect(await verify(genuine)).toEqual(WORKER);
    expect(world).toMatchObject({ reads: 1, derivations: 1, capsMs: [CALL_TIMEOUT_MS.table, CALL_TIMEOUT_MS.kms] });
  });

  it('is read again after 50 s, and not derived again', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.nowMs += 49_999;
    await verify(genuine);
    expect(world.reads).toBe(1);
    world.nowMs += 1;
    await verify(genuine);
    expect(world).toMatchObject({ reads: 2, derivations: 1 });
  });

  it.each([
    { change: 'revoked', over: { status: 'revoked' as const } },
    { change: 'made to expire', over: { expiresAtMs: NOW } },
  ])('that was $change is refused after 50 s, and no later', async ({ over }) => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.records.set(record.keyId, aRecord(over));
    world.nowMs += 49_999;
    expect(await verify(genuine)).toEqual(WORKER);
    world.nowMs += 1;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
  });

  it('whose record is gone is refused after 50 s, also while the table is down then', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.records.clear();
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
    world.isTableUp = false;
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
  });

  it('expires in the moment, not when it is read again', async () => {
    const { world, verify } = aVerification(aRecord({ expiresAtMs: NOW + 5_000 }));
    world.nowMs += 4_999;
    expect(await verify(genuine)).toEqual(WORKER);
    world.nowMs += 1;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
  });

  it.each([
    { event: 'revoked', events: { isRevoked: true, endsAtMs: null } },
    { event: 'ended', events: { isRevoked: false, endsAtMs: NOW } },
  ])('of version 2 that was $event by an event is refused after 50 s, and no later', async ({ events }) => {
    const { world, verify } = aVerification(aRecordV2());
    expect(await verify(aProof(aRecordV2()))).toEqual(WORKER_V2);
    world.events = events;
    world.nowMs += 49_999;
    expect(await verify(aProof(aRecordV2()))).toEqual(WORKER_V2);
    world.nowMs += 1;
    await expect(verify(aProof(aRecordV2()))).rejects.toThrow(BAD_KEY);
    expect(world).toMatchObject({ reads: 2, derivations: 1 });
  });

  it('of version 2 is let in from the networks of its grant alone, with what was read before', async () => {
    const limited = aRecordV2({ networks: ['10.0.0.0/8'] });
    const { world, verify } = aVerification(limited);
    await expect(verify(aProof(limited))).rejects.toThrow(BAD_KEY);
    world.sourceIp = '10.1.2.3';
    expect(await verify(aProof(limited))).toMatchObject({ keyId: limited.keyId });
    world.sourceIp = '11.0.0.0';
    await expect(verify(aProof(limited))).rejects.toThrow(BAD_KEY);
    expect(world).toMatchObject({ reads: 1, derivations: 1 });
  });

  it('is read again when the clock was set back, because nobody can tell how old it is', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.events = { isRevoked: true, endsAtMs: null };
    world.nowMs -= 1;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
    expect(world).toMatchObject({ reads: 2, derivations: 1 });
  });

  it('does not stand in while the tables are down when the clock was set back', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.isTableUp = false;
    world.nowMs -= 1;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
    world.nowMs += 1;
    expect(await verify(genuine)).toEqual(WORKER);
  });

  it('counts the 50 s from the start of the read', async () => {
    let nowMs = NOW;
    let reads = 0;
    const verifyProof = createVerifyProof({
      findKey: async () => {
        reads += 1;
        nowMs += 400;
        return record;
      },
      deriveSecret: async (known) => toSecret(known),
      clock: () => nowMs,
    });
    const deadline = { signal: () => new AbortController().signal };
    const request = { deadline, trace: new Trace(() => nowMs), sourceIp: undefined };
    await verifyProof(genuine, request);
    nowMs = NOW + 50_000;
    await verifyProof(genuine, request);
    expect(reads).toBe(2);
  });

  it('with a wrong secret is refused, at no cost after the first time, and stays good for its owner', async () => {
    const { world, verify } = aVerification(record);
    for (let guess = 0; guess < 10; guess += 1) await expect(verify(wrong)).rejects.toThrow(BAD_KEY);
    expect(await verify(genuine)).toEqual(WORKER);
    expect(world).toMatchObject({ reads: 1, derivations: 1 });
  });
});

describe('P2: a key record edited to name more domains no longer verifies', () => {
  const widened = aRecord({ domains: ['orders', 'billing'] });

  it('once it is read again', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.records.set(record.keyId, widened);
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
    expect(world.derivations).toBe(2);
    expect(await verify(aProof(widened))).toEqual({ ...WORKER, domains: ['orders', 'billing'] });
  });

  it('nor does it stand in while the table is down', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.records.set(record.keyId, widened);
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
    world.isTableUp = false;
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
  });

  it('and naming the same ones in another order changes nothing', async () => {
    const { world, verify } = aVerification(widened);
    await verify(aProof(widened));
    world.records.set(record.keyId, aRecord({ domains: ['billing', 'orders', 'orders'] }));
    world.nowMs += 50_000;
    await verify(aProof(widened));
    expect(world.derivations).toBe(1);
  });

  it('derives anew for another key of KMS', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.records.set(record.keyId, aRecord({ derivation: { version: 1, kmsKeyArn: 'arn:aws:kms:::key/mrk-2' } }));
    world.nowMs += 50_000;
    await verify(genuine);
    expect(world.derivations).toBe(2);
  });
});

describe('an unknown id', () => {
  it('that is issued lets its worker in 50 s later', async () => {
    const { world, verify } = aVerification();
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
    world.records.set(record.keyId, record);
    world.nowMs += 50_000;
    expect(await verify(genuine)).toEqual(WORKER);
  });

  it('that is issued while it is read stays known, also once 2,000 other keys have taken its place', async () => {
    const others = Array.from({ length: 2_000 }, (_key, index) => aRecord({ keyId: aKeyId(index + 1) }));
    const { world, verify } = aVerification(...others);
    const early = verify(genuine);
    world.records.set(record.keyId, record);
    const late = verify(genuine);
    await expect(early).rejects.toThrow(BAD_KEY);
    expect(await late).toEqual(WORKER);
    for (const other of others) await verify(aProof(other));
    expect(await verify(genuine)).toEqual(WORKER);
    expect(world.reads).toBe(2_003);
  });

  it('is refused even with the very secret that stands in for its own', async () => {
    const { verify } = aVerification();
    await expect(verify(aProof(record, toSecret({ keyId: record.keyId, domains: [] })))).rejects.toThrow(BAD_KEY);
  });

  it('by the 5,000 evicts no known key, and is itself forgotten', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    const guess = async (number: number) =>
      verify({ ...wrong, keyId: aKeyId(number) }).catch((error: unknown) => error);
    for (let number = 1; number <= 5_000; number += 1) {
      if (!((await guess(number)) instanceof UnauthenticatedError)) throw new Error(`${number} was not refused`);
    }
    expect(await verify(genuine)).toEqual(WORKER);
    expect(world).toMatchObject({ reads: 5_001, derivations: 5_001 });
    await guess(5_000);
    expect(world.reads).toBe(5_001);
    await guess(1);
    expect(world.reads).toBe(5_002);
  });
});

describe('P5: authentication fails closed', () => {
  it('a key that was seen good stays so for 10 minutes after its last read', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.isTableUp = false;
    world.nowMs += 50_000;
    expect(await verify(genuine)).toEqual(WORKER);
    expect(world.sideEvents).toEqual(['StaleKeyUsed']);
    world.nowMs = NOW + 10 * MINUTE_MS - 1;
    expect(await verify(genuine)).toEqual(WORKER);
    world.nowMs += 1;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
    world.isTableUp = true;
    expect(await verify(genuine)).toEqual(WORKER);
    expect(world).toMatchObject({ derivations: 1, sideEvents: ['StaleKeyUsed', 'StaleKeyUsed'] });
  });

  it('a key that stands in is refused with a wrong secret, or once it has expired', async () => {
    const { world, verify } = aVerification(aRecord({ expiresAtMs: NOW + MINUTE_MS }));
    await verify(genuine);
    world.isTableUp = false;
    world.nowMs += 50_000;
    await expect(verify(wrong)).rejects.toThrow(UNAVAILABLE);
    world.nowMs += 10_000;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
  });

  it.each([
    { given: 'never met', before: async () => undefined },
    { given: 'only ever met with a wrong secret', before: async (meet: () => Promise<unknown>) => meet() },
  ])('a key $given fails at once', async ({ before }) => {
    const { world, verify } = aVerification(record);
    await before(async () => verify(wrong).catch(() => undefined));
    world.isTableUp = false;
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
  });

  it('a key that was revoked when last read stays revoked', async () => {
    const { world, verify } = aVerification(record);
    await verify(genuine);
    world.records.set(record.keyId, aRecord({ status: 'revoked' }));
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(BAD_KEY);
    world.isTableUp = false;
    world.nowMs += 50_000;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
  });

  it('a secret that cannot be derived lets nobody in, and is derived with the next heartbeat', async () => {
    const { world, verify } = aVerification(record);
    world.isKmsUp = false;
    await expect(verify(genuine)).rejects.toThrow(UNAVAILABLE);
    world.isKmsUp = true;
    expect(await verify(genuine)).toEqual(WORKER);
    world.isKmsUp = false;
    world.nowMs += 50_000;
    expect(await verify(genuine)).toEqual(WORKER);
    expect(world).toMatchObject({ reads: 2, derivations: 2 });
  });
});

/** A key, what happened to it, and what its caller sends: a wrong secret, unless the row says otherwise. */
interface Case {
  readonly key: string;
  readonly records: readonly WorkerKeyRecord[];
  readonly events?: KeyEvents;
  readonly hasOtherMacKey?: boolean;
  readonly proof?: UnverifiedProof;
}

describe('nobody can tell unknown, revoked, expired and wrong keys apart, nor those from another network', () => {
  const REVOKED = { isRevoked: true, endsAtMs: null };
  const ENDED = { isRevoked: false, endsAtMs: NOW };
  const limited = aRecordV2({ networks: ['10.0.0.0/8'] });
  const expired = aRecordV2({ expiresAt: new Date(NOW).toISOString() });
  const KEYS: readonly Case[] = [
    { key: 'unknown', records: [] },
    { key: 'revoked', records: [aRecord({ status: 'revoked' })] },
    { key: 'expired', records: [aRecord({ expiresAtMs: NOW })] },
    { key: 'wrong', records: [record] },
    { key: 'revoked, with its secret', records: [aRecord({ status: 'revoked' })], proof: genuine },
    { key: 'revoked by an event, with its secret', records: [record], events: REVOKED, proof: genuine },
    { key: 'ended by an event, with its secret', records: [record], events: ENDED, proof: genuine },
    { key: 'of version 2, wrong', records: [aRecordV2()] },
    { key: 'of another KMS key', records: [record], hasOtherMacKey: true, proof: genuine },
    {
      key: 'of version 2, revoked, with its secret',
      records: [aRecordV2()],
      events: REVOKED,
      proof: aProof(aRecordV2()),
    },
    { key: 'of version 2, expired, with its secret', records: [expired], proof: aProof(expired) },
    { key: 'of version 2, from another network, with its secret', records: [limited], proof: aProof(limited) },
  ];

  /** What a caller can observe of a few requests over two minutes, in a healthy relay and through outages. */
  async function observe(
    { records, events = NO_EVENTS, hasOtherMacKey = false, proof = wrong }: Case,
    outage: 'none' | 'table' | 'kms',
  ) {
    const { world, verify } = aVerification(...records);
    world.events = events;
    world.hasOtherMacKey = hasOtherMacKey;
    const observed: unknown[] = [];
    const ask = async (): Promise<void> => {
      const { reads, derivations } = world;
      const code = await verify(proof).then(
        () => 'verified',
        (error: unknown) => (error instanceof RelayError ? error.code : 'another error'),
      );
      observed.push({ code, reads: world.reads - reads, derivations: world.derivations - derivations });
    };
    for (const afterMs of [0, 1, 9_999, 1, 39_998, 1, 49_999, 1]) {
      world.nowMs += afterMs;
      world.isTableUp = outage !== 'table' || world.nowMs === NOW;
      world.isKmsUp = outage !== 'kms' || world.nowMs > NOW + MINUTE_MS;
      await ask();
    }
    return { observed, limitsMs: world.capsMs };
  }

  it.each(['none', 'table', 'kms'] as const)(
    'by answers, reads, derivations and time limits: outage of %s',
    async (outage) => {
      const [first, ...others] = await Promise.all(KEYS.map((key) => observe(key, outage)));
      for (const other of others) expect(other).toEqual(first);
      expect(first?.observed[0]).toEqual({
        code: outage === 'kms' ? 'AuthenticationUnavailable' : 'Unauthenticated',
        reads: 1,
        derivations: 1,
      });
    },
  );
});
