import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';

import { parseProof } from '../../../lambda/workers/proof.ts';
import type { RecordV1 } from '../../../lambda/workers/key-record.ts';
import { Trace } from '../../../lambda/http/trace.ts';
import { parseFreshDate } from '../../../lambda/workers/signature-date.ts';
import { toSigningKey } from '../../../lambda/workers/sigv4.ts';
import { createVerifyProof } from '../../../lambda/workers/verify-proof.ts';
import { aRecord, NOW, toSecret } from './worker-key-records.ts';

const BAD_KEY: unknown = expect.objectContaining({ code: 'Unauthenticated', reason: 'bad-key' });
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** One container and its table. */
function aContainer(record: RecordV1) {
  const world = { nowMs: NOW, record };
  const verifyProof = createVerifyProof({
    findKey: async () => world.record,
    deriveSecret: async (asked) => toSecret(asked),
    clock: () => world.nowMs,
  });
  const deadline = { signal: () => new AbortController().signal };
  /** Signs by the SDK, with whatever secret and region, and has it verified. */
  const heartbeat = async (secret: string, region = 'eu-west-1') => {
    const credentials = { accessKeyId: record.keyId, secretAccessKey: secret };
    const signer = new SignatureV4({ service: 'swf', region, credentials, sha256: Sha256 });
    const request = { method: 'POST', path: '/domains/orders', headers: { host: HOST }, body: '{}' };
    const signingDate = new Date(world.nowMs);
    const { headers } = await signer.sign({ ...request, protocol: 'https:', hostname: HOST }, { signingDate });
    const { method, path } = request;
    const received = { method, path, headers, host: HOST, body: Buffer.from(request.body) };
    const trace = new Trace(() => world.nowMs);
    return verifyProof(parseProof(received, world.nowMs), { deadline, trace, sourceIp: undefined });
  };
  return { world, heartbeat };
}

const HOST = 'relay.example';
const record = aRecord();
const secret = toSecret(record);
const WRONG = 'A'.repeat(43);

describe('a signing key that a container keeps', () => {
  it('lets many heartbeats in, and none that is signed with another secret', async () => {
    const { heartbeat } = aContainer(record);
    for (let number = 0; number < 3; number += 1) {
      expect(await heartbeat(secret)).toMatchObject({ keyId: record.keyId, signedRegion: 'eu-west-1' });
      await expect(heartbeat(WRONG)).rejects.toEqual(BAD_KEY);
    }
  });

  it('serves its own region and day alone', async () => {
    const { world, heartbeat } = aContainer(record);
    for (const region of ['eu-west-1', 'us-east-1', 'eu-west-1']) {
      expect(await heartbeat(secret, region)).toMatchObject({ signedRegion: region });
      await expect(heartbeat(WRONG, region)).rejects.toEqual(BAD_KEY);
    }
    world.nowMs += DAY_MS;
    expect(await heartbeat(secret)).toMatchObject({ keyId: record.keyId });
  });

  it('is derived once for its region and day', () => {
    const signedBy = { kind: 'signature', keyId: record.keyId, signature: '', canonicalRequests: [] } as const;
    const today = { ...signedBy, signedAt: parseFreshDate('20261122T080000Z', NOW), region: 'eu-west-1' };
    const kept = toSigningKey(today, secret);
    expect(toSigningKey({ ...today, signedAt: parseFreshDate('20261122T080459Z', NOW) }, secret, kept)).toBe(kept);
    expect(
      toSigningKey({ ...today, signedAt: parseFreshDate('20261123T080000Z', NOW + DAY_MS) }, secret, kept),
    ).not.toBe(kept);
    expect(toSigningKey({ ...today, region: 'us-east-1' }, secret, kept)).not.toBe(kept);
  });

  it('is gone with the grant that its secret was derived for', async () => {
    const { world, heartbeat } = aContainer(record);
    await heartbeat(secret);
    world.record = aRecord({ domains: ['orders', 'billing'] });
    world.nowMs += MINUTE_MS;
    await expect(heartbeat(secret)).rejects.toEqual(BAD_KEY);
    expect(await heartbeat(toSecret(world.record))).toMatchObject({ domains: ['orders', 'billing'] });
  });

  it('lets nobody in once its key is revoked', async () => {
    const { world, heartbeat } = aContainer(record);
    await heartbeat(secret);
    world.record = aRecord({ status: 'revoked' });
    world.nowMs += MINUTE_MS;
    await expect(heartbeat(secret)).rejects.toEqual(BAD_KEY);
  });
});
