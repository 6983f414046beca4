import {
  type AttributeValue,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SWFClient } from '@aws-sdk/client-swf';
import { beforeAll, describe, expect, it } from 'vitest';

import { holdsEverywhereFrom } from '../../cli/keys/everywhere.ts';
import { type KeyPage, readKeyPages } from '../../operator/key-pages.ts';
import { expireKey, findKey } from '../../operator/key-records.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { findLastSeenOf } from '../../operator/key-use.ts';
import { readHistory } from '../../operator/key-history.ts';
import { findEnd, removeKey } from '../../operator/purge.ts';
import type { Target } from '../../operator/target.ts';
import { toItem } from '../../lambda/aws/worker-key-item.ts';
import { findWorkerKey } from '../../lambda/aws/worker-keys-table.ts';
import { putNewWorkerKey } from '../../operator/new-worker-key.ts';
import type { RecordV1, RecordV2 } from '../../lambda/workers/key-record.ts';
import { Trace } from '../../lambda/http/trace.ts';
import { createVerifyProof } from '../../lambda/workers/verify-proof.ts';
import { aTable, tables } from '../lambda/aws/dynamodb-table.ts';
import { aDeadline } from '../lambda/aws/fake-aws-server.ts';
import { aKeyId, aProof, aRecord, aRecordV2, NOW, toSecret } from '../lambda/workers/worker-key-records.ts';
import { aManagedKey } from './a-managed-key.ts';

const keyTable = tables({ keys: ['keyId'], events: ['keyId', 'event'] });
const TABLES = { workerKeysTable: 'keys', keyEventsTable: 'events' };
const longTable = aTable('long', 'keyId');

const BY = { actor: 'arn:aws:iam::111122223333:user/ada', atMs: NOW };

const target = (over: Partial<Target> = {}): Target => ({
  stackName: 'HeartbeatRelay-dev',
  partition: 'aws',
  accountId: '111122223333',
  region: 'eu-west-1',
  relayUrl: 'https://relay.example',
  workerKeysTable: 'keys',
  macKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1',
  earlierMacKeyArn: undefined,
  keyUseTable: 'use',
  keyEventsTable: 'events',
  findCaller: async () => BY.actor,
  domains: undefined,
  dynamodb: keyTable.client(),
  kms: new KMSClient({ region: 'eu-west-1' }),
  createSwf: (config) => new SWFClient(config),
  ...over,
});

let keys = 0;
async function aStoredKey(over: Partial<RecordV1> = {}): Promise<RecordV1> {
  keys += 1;
  const record = aRecord({ keyId: aKeyId(keys), ...over });
  await putNewWorkerKey(keyTable.client(), 'keys', record);
  return record;
}

let keysV2 = 0;
async function aStoredKeyV2(): Promise<RecordV2> {
  keysV2 += 1;
  const record = aRecordV2({}, aKeyId(10_000 + keysV2));
  await putNewWorkerKey(keyTable.client(), 'keys', record);
  return record;
}

describe('an end', () => {
  it.each([
    { given: 'without one', over: {}, endsAtMs: NOW },
    { given: 'with a later one', over: { expiresAtMs: NOW + 1 }, endsAtMs: NOW },
    { given: 'with a sooner one keeps it', over: { expiresAtMs: NOW - 1 }, endsAtMs: NOW - 1 },
  ])('is given to a version 1 key $given, in its record for older code, too', async ({ over, endsAtMs }) => {
    const { keyId } = await aStoredKey(over);
    await expireKey(target(), await findKey(target(), keyId), NOW, BY);
    expect(await findKey(target(), keyId)).toMatchObject({ expiresAtMs: endsAtMs, record: { expiresAtMs: endsAtMs } });
  });

  it.each([
    { given: 'earlier', thenMs: NOW - 1, endsAtMs: NOW - 1 },
    { given: 'later', thenMs: NOW + 1, endsAtMs: NOW },
  ])('of a version 2 key is an event, which a second one changes only if it is earlier: $given', async (row) => {
    const { keyId } = await aStoredKeyV2();
    const key = await findKey(target(), keyId);
    for (const endMs of [NOW, row.thenMs]) await expireKey(target(), key, endMs, BY);
    expect(await findKey(target(), keyId)).toMatchObject({ expiresAtMs: row.endsAtMs, record: key.record });
  });
});

describe('a revocation', () => {
  it('of a version 1 key is an event, and changes status and time in the record for older code', async () => {
    const record = await aStoredKey({ expiresAtMs: NOW });
    expect(await revokeKey(target(), record.keyId, NOW)).toEqual({ wasRevoked: false, successor: undefined });
    expect(await revokeKey(target(), record.keyId, NOW + 1)).toEqual({ wasRevoked: true, successor: undefined });
    expect(await findKey(target(), record.keyId)).toMatchObject({
      status: 'revoked',
      revokedAtMs: NOW,
      record: { ...record, status: 'revoked', revokedAtMs: NOW },
      events: [{ event: { S: 'revoked' }, revokedBy: { S: BY.actor }, revokedAt: { S: new Date(NOW).toISOString() } }],
    });
  });

  it('of a version 2 key leaves its record alone; a second one keeps time and actor', async () => {
    const record = await aStoredKeyV2();
    expect(await revokeKey(target(), record.keyId, NOW)).toMatchObject({ wasRevoked: false });
    const other = target({ findCaller: async () => 'arn:aws:iam::111122223333:user/bob' });
    expect(await revokeKey(other, record.keyId, NOW + 1)).toMatchObject({ wasRevoked: true });
    expect(await findKey(target(), record.keyId)).toMatchObject({
      status: 'revoked',
      revokedAtMs: NOW,
      record,
      events: [{ event: { S: 'revoked' }, revokedBy: { S: BY.actor } }],
    });
  });

  it('does not need STS', async () => {
    const { keyId } = await aStoredKeyV2();
    const deaf = target({ findCaller: async () => Promise.reject(new Error('no STS')) });
    expect(await revokeKey(deaf, keyId, NOW)).toMatchObject({ wasRevoked: false });
    expect(await findKey(target(), keyId)).toMatchObject({
      status: 'revoked',
      events: [{ revokedBy: { S: 'unknown' } }],
    });
  });

  it('of an earlier version gets its time from the next one', async () => {
    const record = await aStoredKey({ status: 'revoked' });
    expect((await findKey(target(), record.keyId)).revokedAtMs).toBeUndefined();
    expect(await revokeKey(target(), record.keyId, NOW)).toMatchObject({ wasRevoked: true });
    expect((await findKey(target(), record.keyId)).revokedAtMs).toBe(NOW);
  });

  it('stands although the record was restored from before it', async () => {
    const record = await aStoredKey();
    await revokeKey(target(), record.keyId, NOW);
    await keyTable.client().send(new PutItemCommand({ TableName: 'keys', Item: toItem(record) }));
    expect(await findKey(target(), record.keyId)).toMatchObject({ status: 'revoked', record: { status: 'active' } });
  });

  it('that somebody took back by hand lets nobody in', async () => {
    const { keyId } = await aStoredKey();
    await revokeKey(target(), keyId, NOW);
    await setAttribute(keyId, 'status', { S: 'active' });
    await expect(findKey(target(), keyId)).rejects.toThrow("this version can't read the record of");
  });

  it('works on a stack that has no events yet', async () => {
    const { keyId } = await aStoredKey();
    const old = target({ keyEventsTable: undefined });
    expect(await revokeKey(old, keyId, NOW)).toMatchObject({ wasRevoked: false });
    expect(await findKey(old, keyId)).toMatchObject({ status: 'revoked', revokedAtMs: NOW });
  });

  it('works on a record of another form, which is listed apart and cannot be shown', async () => {
    keys += 1;
    const keyId = aKeyId(keys);
    await keyTable
      .client()
      .send(
        new PutItemCommand({ TableName: 'keys', Item: { keyId: { S: keyId }, sourceAddresses: { SS: ['10.0.0.1'] } } }),
      );
    expect((await readAll(target())).unreadable).toContain(keyId);
    await expect(findKey(target(), keyId)).rejects.toThrow("this version can't read the record of");
    expect(await revokeKey(target(), keyId)).toMatchObject({ wasRevoked: false });
    expect(await revokeKey(target(), keyId)).toMatchObject({ wasRevoked: true });
  });
});

describe('two containers that have just read a key', () => {
  /** A container on a clock of its own. */
  const aContainer = (world: { readonly nowMs: number }, record: RecordV1) => {
    const verifyProof = createVerifyProof({
      findKey: async (keyId, signal) => findWorkerKey(keyTable.client(), TABLES, keyId, signal),
      deriveSecret: async (stored) => toSecret(stored),
      clock: () => world.nowMs,
    });
    const request = { deadline: aDeadline(), trace: new Trace(() => world.nowMs), sourceIp: undefined };
    return async () => verifyProof(aProof(record), request);
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
  const ids = Array.from({ length: ROWS }, (_row, number) => aKeyId(number));

  beforeAll(async () => {
    const label = 'x'.repeat(40_000);
    for (let from = 0; from < ROWS; from += BATCH) {
      const requests = ids.slice(from, from + BATCH).map((keyId) => ({
        PutRequest: { Item: { keyId: { S: keyId }, lastSeenOn: { S: '2026-11-22' }, label: { S: label } } },
      }));
      await longTable.client().send(new BatchWriteItemCommand({ RequestItems: { long: requests } }));
    }
  });

  const long = (): Target => target({ dynamodb: longTable.client(), workerKeysTable: 'long', keyUseTable: 'long' });

  it('is read to its end', async () => {
    expect(new Set((await readAll(long())).unreadable)).toEqual(new Set(ids));
  });

  it('is read a page at a time: the first one is there before the second is asked for', async () => {
    const pages = readKeyPages(long());
    const first = await pages.next();
    expect(first.done).toBe(false);
    const { unreadable }: KeyPage = first.done === true ? { keys: [], unreadable: [] } : first.value;
    expect(unreadable.length).toBeGreaterThan(0);
    expect(unreadable.length).toBeLessThan(ROWS);
  });

  it('of days of use is read key by key, also where DynamoDB answers for a part of them', async () => {
    const twice = [...ids, aKeyId(ROWS), ...ids.map((_id, number) => aKeyId(ROWS + 1 + number))];
    expect([...(await findLastSeenOf(long(), twice)).keys()].sort()).toEqual([...ids].sort());
  });
});

describe('the end of a key', () => {
  it.each([
    { given: 'a valid one', over: {}, endMs: undefined },
    { given: 'one that expires later', over: { expiresAtMs: NOW + 1 }, endMs: undefined },
    { given: 'one that expires now', over: { expiresAtMs: NOW }, endMs: NOW },
    { given: 'an expired one', over: { expiresAtMs: NOW - 5 }, endMs: NOW - 5 },
    { given: 'a revoked one', over: { status: 'revoked' as const, revokedAtMs: NOW - 5 }, endMs: NOW - 5 },
    {
      given: 'one revoked before it expires',
      over: { status: 'revoked' as const, revokedAtMs: NOW - 5, expiresAtMs: NOW + 1 },
      endMs: NOW - 5,
    },
    {
      given: 'one revoked after it expired',
      over: { status: 'revoked' as const, revokedAtMs: NOW - 5, expiresAtMs: NOW - 9 },
      endMs: NOW - 9,
    },
    { given: 'one revoked at an unknown time', over: { status: 'revoked' as const }, endMs: undefined },
    {
      given: 'one revoked at an unknown time that would have expired',
      over: { status: 'revoked' as const, expiresAtMs: NOW - 9 },
      endMs: NOW - 9,
    },
  ])('of $given: $endMs', ({ over, endMs }) => {
    expect(findEnd(aManagedKey(over), NOW)).toBe(endMs);
  });
});

/** Every attribute that a record has, and one that it may get. */
const CHANGES: readonly { readonly name: string; readonly value: AttributeValue }[] = [
  { name: 'expiresAt', value: { S: '2099-01-01T00:00:00.000Z' } },
  { name: 'expiresAt', value: { NULL: true } },
  { name: 'status', value: { S: 'revoked' } },
  { name: 'revokedAt', value: { S: '2026-11-22T08:00:00.000Z' } },
  { name: 'label', value: { S: 'another' } },
  { name: 'createdAt', value: { S: '2026-11-02T00:00:00.000Z' } },
  { name: 'domains', value: { L: [{ S: 'orders' }, { S: 'billing' }] } },
  { name: 'derivation', value: { M: { version: { N: '1' }, kmsKeyArn: { S: 'another' } } } },
];

describe('the removal of a record', () => {
  const read = async (keyId: string) => {
    for await (const { keys: page } of readKeyPages(target())) {
      const found = page.find(({ key }) => key.keyId === keyId);
      if (found !== undefined) return found;
    }
    throw new Error(`no key ${keyId}`);
  };

  it.each([
    { given: 'an expired key', over: { expiresAtMs: NOW } },
    { given: 'a revoked key', over: { status: 'revoked' as const } },
    { given: 'a key without an end', over: {} },
  ])('happens where nothing in it has changed since it was read: $given', async ({ over }) => {
    const { keyId } = await aStoredKey(over);
    expect(await removeKey(target(), await read(keyId), BY)).toBe(true);
    await expect(findKey(target(), keyId)).rejects.toThrow('this relay has no key HBRK');
  });

  it('happens after a revocation that was read', async () => {
    const { keyId } = await aStoredKey({ expiresAtMs: NOW });
    await revokeKey(target(), keyId, NOW);
    expect(await removeKey(target(), await read(keyId), BY)).toBe(true);
  });

  it.each(CHANGES)('does not happen where $name was changed after it was read', async ({ name, value }) => {
    const { keyId } = await aStoredKey({ expiresAtMs: NOW });
    const stored = await read(keyId);
    await setAttribute(keyId, name, value);
    expect(await removeKey(target(), stored, BY)).toBe(false);
    const command = new GetItemCommand({ TableName: 'keys', Key: { keyId: { S: keyId } }, ConsistentRead: true });
    expect((await keyTable.client().send(command)).Item).toMatchObject({ [name]: value });
  });

  it('is in the history under whoever did it, not under whoever tried before and left the changed record', async () => {
    const { keyId } = await aStoredKey({ expiresAtMs: NOW });
    const stored = await read(keyId);
    await setAttribute(keyId, 'label', { S: 'changed' });
    expect(await removeKey(target(), stored, BY)).toBe(false);
    const bob = { actor: 'arn:aws:iam::111122223333:user/bob', atMs: NOW + 1 };
    expect(await removeKey(target(), await read(keyId), bob)).toBe(true);
    const at = new Date(bob.atMs).toISOString();
    expect(await readHistory(target(), keyId)).toMatchObject([{ event: 'purged', actor: bob.actor, at }]);
  });

  it('is gone where somebody else has removed it meanwhile', async () => {
    const { keyId } = await aStoredKey({ expiresAtMs: NOW });
    const stored = await read(keyId);
    expect(await removeKey(target(), stored, BY)).toBe(true);
    expect(await removeKey(target(), stored, BY)).toBe(true);
  });
});

it('a stack that keeps no use of keys yet is to be deployed anew', async () => {
  const silent = target({ keyUseTable: undefined });
  await expect(findLastSeenOf(silent, [aKeyId()])).rejects.toThrow('deploy this version first');
});

async function setAttribute(keyId: string, name: string, value: AttributeValue): Promise<void> {
  await keyTable.client().send(
    new UpdateItemCommand({
      TableName: 'keys',
      Key: { keyId: { S: keyId } },
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

async function readAll(of: Target): Promise<KeyPage> {
  const pages: KeyPage[] = [];
  for await (const page of readKeyPages(of)) pages.push(page);
  return { keys: pages.flatMap((page) => page.keys), unreadable: pages.flatMap((page) => page.unreadable) };
}
