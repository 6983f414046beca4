import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SWFClient } from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';

import { holdsEverywhereFrom } from '../../cli/keys/everywhere.ts';
import { expireKey, findKey, listKeys, revokeKey } from '../../operator/key-records.ts';
import { listLastSeen } from '../../operator/key-use.ts';
import type { Target } from '../../operator/target.ts';
import { findWorkerKey, putNewWorkerKey } from '../../lambda/aws/worker-keys-table.ts';
import type { WorkerKeyRecord } from '../../lambda/workers/worker-key.ts';
import { Trace } from '../../lambda/http/trace.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import { aTable } from '../lambda/aws/dynamodb-table.ts';
import { aDeadline } from '../lambda/aws/fake-aws-server.ts';
import { aKeyId, aProof, aRecord, NOW, toSecret } from '../lambda/workers/worker-key-records.ts';

const keyTable = aTable('keys', 'keyId');
const longTable = aTable('long', 'keyId');

const target = (over: Partial<Target> = {}): Target => ({
  stackName: 'HeartbeatRelay-dev',
  accountId: '111122223333',
  region: 'eu-west-1',
  relayUrl: 'https://relay.example',
  workerKeysTable: 'keys',
  macKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1',
  keyUseTable: 'use',
  domains: undefined,
  dynamodb: keyTable.client(),
  kms: new KMSClient({ region: 'eu-west-1' }),
  createSwf: (config) => new SWFClient(config),
  ...over,
});

let keys = 0;
async function aStoredKey(over: Partial<WorkerKeyRecord> = {}): Promise<WorkerKeyRecord> {
  keys += 1;
  const record = aRecord({ keyId: aKeyId(keys), ...over });
  await putNewWorkerKey(keyTable.client(), 'keys', record);
  return record;
}

describe('an end', () => {
  it.each([
    { given: 'without one', over: {}, endsAtMs: NOW },
    { given: 'with a later one', over: { expiresAtMs: NOW + 1 }, endsAtMs: NOW },
    { given: 'with a sooner one keeps it', over: { expiresAtMs: NOW - 1 }, endsAtMs: NOW - 1 },
    { given: 'with none, but revoked meanwhile, keeps none', over: { status: 'revoked' as const }, endsAtMs: null },
  ])('is given to a key $given', async ({ over, endsAtMs }) => {
    const record = await aStoredKey(over);
    await expireKey(target(), record.keyId, NOW);
    expect(await findKey(target(), record.keyId)).toEqual({ ...record, expiresAtMs: endsAtMs });
  });

  it('makes no record where there is none', async () => {
    await expireKey(target(), aKeyId(999), NOW);
    await expect(findKey(target(), aKeyId(999))).rejects.toThrow('this relay has no key HBRK');
  });
});

describe('a revocation', () => {
  it('changes the status and nothing else', async () => {
    const record = await aStoredKey({ expiresAtMs: NOW });
    expect(await revokeKey(target(), record.keyId)).toBe(false);
    expect(await revokeKey(target(), record.keyId)).toBe(true);
    expect(await findKey(target(), record.keyId)).toEqual({ ...record, status: 'revoked' });
  });

  it('works on a record of another form, which is listed apart and cannot be shown', async () => {
    keys += 1;
    const keyId = aKeyId(keys);
    await keyTable
      .client()
      .send(
        new PutItemCommand({ TableName: 'keys', Item: { keyId: { S: keyId }, sourceAddresses: { SS: ['10.0.0.1'] } } }),
      );
    expect((await listKeys(target())).unreadable).toEqual([keyId]);
    await expect(findKey(target(), keyId)).rejects.toThrow("this version can't read the record of");
    expect(await revokeKey(target(), keyId)).toBe(false);
    expect(await revokeKey(target(), keyId)).toBe(true);
  });
});

describe('two containers that have just read a key', () => {
  /** A container on a clock of its own. */
  const aContainer = (world: { readonly nowMs: number }, record: WorkerKeyRecord) => {
    const verifyProof = createVerifyProof({
      findRecord: async (keyId, signal) => findWorkerKey(keyTable.client(), 'keys', keyId, signal),
      deriveSecret: async (stored) => toSecret(stored),
      clock: () => world.nowMs,
    });
    return async () => verifyProof(aProof(record), aDeadline(), new Trace(() => world.nowMs));
  };

  it('both refuse it 60 s after its revocation', async () => {
    const record = await aStoredKey();
    const worlds = [{ nowMs: NOW - 1 }, { nowMs: NOW }];
    const containers = worlds.map((world) => aContainer(world, record));
    const admitted = { keyId: record.keyId, domains: record.domains };
    for (const verify of containers) expect(await verify()).toEqual(admitted);
    await revokeKey(target(), record.keyId);
    for (const verify of containers) expect(await verify()).toEqual(admitted);
    for (const world of worlds) world.nowMs = Date.parse(holdsEverywhereFrom(NOW));
    for (const verify of containers) await expect(verify()).rejects.toMatchObject({ reason: 'bad-key' });
  });
});

describe('a table of megabytes', () => {
  /** Of 40 KB each; DynamoDB reads 1 MB at once. */
  const ROWS = 60;
  const BATCH = 20;

  it('is read to its end', async () => {
    const label = 'x'.repeat(40_000);
    const ids = Array.from({ length: ROWS }, (_row, number) => aKeyId(number));
    for (let from = 0; from < ROWS; from += BATCH) {
      const requests = ids.slice(from, from + BATCH).map((keyId) => ({
        PutRequest: { Item: { keyId: { S: keyId }, lastSeenOn: { S: '2026-11-22' }, label: { S: label } } },
      }));
      await longTable.client().send(new BatchWriteItemCommand({ RequestItems: { long: requests } }));
    }
    const long = target({ dynamodb: longTable.client(), workerKeysTable: 'long', keyUseTable: 'long' });
    expect(new Set((await listKeys(long)).unreadable)).toEqual(new Set(ids));
    expect([...(await listLastSeen(long)).keys()].sort()).toEqual([...ids].sort());
  });
});

it('a stack that keeps no use of keys yet is to be deployed anew', async () => {
  await expect(listLastSeen(target({ keyUseTable: undefined }))).rejects.toThrow('deploy this version first');
});
