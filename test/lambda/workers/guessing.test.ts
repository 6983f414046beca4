import { randomBytes } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { type KeyId, toKeyId, toWorkerSecret } from '../../../lambda/workers/worker-key.ts';
import type { HttpEvent } from '../../../lambda/http/event.ts';
import { createTestApp, createFakeBackends, billingKey, ordersKey, toEvent } from '../test-app.ts';
import { aSignedRequest } from './signed-request.ts';
import { toAuthorization } from './worker-key-records.ts';

/** A container remembers at most that many known keys, and as many unknown ids. */
const REMEMBERED = 2_000;
const FORGOTTEN = 100;
/** Enough to push out everything that it remembers, and more. */
const GUESSES = REMEMBERED + FORGOTTEN;

const aSecret = (): string => toWorkerSecret(randomBytes(32));

interface Claim {
  readonly keyId: KeyId;
  readonly secret: string;
}

interface Form {
  readonly proof: string;
  readonly claim: (claim: Claim) => Partial<HttpEvent>;
  readonly refusal: string;
}

const FORMS: readonly Form[] = [
  {
    proof: 'bearer tokens',
    refusal: 'Unauthenticated',
    claim: ({ keyId, secret }) => ({ headers: { authorization: `Bearer ${keyId}.${secret}` } }),
  },
  { proof: 'signatures', refusal: 'UnrecognizedClientException', claim: (claim) => toEvent(aSignedRequest(claim)) },
];

describe.each(FORMS)('2,100 random key ids, with $proof,', ({ claim, refusal }) => {
  const ids = Array.from({ length: GUESSES }, () => toKeyId(randomBytes(16)));
  const backends = createFakeBackends();
  const noted: KeyId[] = [];
  const send = createTestApp(backends, { recordKeyUse: async (keyId) => void noted.push(keyId) });

  const guess = async (keyId: KeyId): Promise<string> =>
    JSON.stringify(await send(claim({ keyId, secret: aSecret() })));
  const guessAll = async (some: readonly KeyId[]): Promise<Set<string>> => {
    const answers = new Set<string>();
    for (const keyId of some) answers.add(await guess(keyId));
    return answers;
  };
  const costOf = async (work: () => Promise<unknown>) => {
    const { keyReads, derivations } = backends;
    await work();
    return { keyReads: backends.keyReads - keyReads, derivations: backends.derivations - derivations };
  };
  const heartbeat = async (authorization: string): Promise<number> =>
    (await send({ headers: { authorization } })).statusCode;

  let wrong = '';
  let answers = new Set<string>();
  let cost: Awaited<ReturnType<typeof costOf>>;
  beforeAll(async () => {
    // Both keys are known before: the one by a wrong secret, the other by its own.
    wrong = await guess(ordersKey.keyId);
    await heartbeat(toAuthorization(billingKey));
    noted.length = 0;
    cost = await costOf(async () => {
      answers = await guessAll(ids);
    });
  });

  it('are answered byte for byte as a wrong secret of a real key is', () => {
    expect([...answers]).toEqual([wrong]);
    expect(wrong).toContain(refusal);
  });

  it('cost what a real key with a wrong secret costs: a read and a derivation each', () => {
    expect(cost).toEqual({ keyReads: GUESSES, derivations: GUESSES });
  });

  it('forward nothing, and write nothing down', () => {
    expect(backends.forwarded).toEqual([]);
    expect([...backends.rows.keys()]).toEqual([]);
    expect(noted).toEqual([]);
  });

  it('evict no real key', async () => {
    const known = await costOf(async () => {
      expect(await heartbeat(toAuthorization(ordersKey))).toBe(200);
      expect(await heartbeat(toAuthorization(billingKey))).toBe(403);
    });
    expect(known).toEqual({ keyReads: 0, derivations: 0 });
  });

  it('are remembered for 50 s, the last 2,000 of them and no more', async () => {
    backends.nowMs += 49_999;
    expect(await costOf(async () => guessAll(ids.slice(-REMEMBERED)))).toEqual({ keyReads: 0, derivations: 0 });
    const forgotten = ids.slice(0, FORGOTTEN);
    expect(await costOf(async () => guessAll(forgotten))).toEqual({ keyReads: FORGOTTEN, derivations: FORGOTTEN });
  });
});
