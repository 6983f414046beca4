import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';

import { findWorkerKey } from '../../../lambda/aws/worker-keys-table.ts';
import { putNewWorkerKey } from '../../../operator/new-worker-key.ts';
import { toItem } from '../../../lambda/aws/worker-key-item.ts';
import { toKnownKey } from '../../../lambda/workers/known-key.ts';
import type { KeyId } from '../../../lambda/workers/worker-key.ts';
import { aKeyId, aRecord, aRecordV2, NOW, ORDERS_ARN as ARN } from '../workers/worker-key-records.ts';
import { tables } from './dynamodb-table.ts';
import { aFault, aJsonAnswer, anAwsServer, type AwsAnswer, CREDENTIALS } from './fake-aws-server.ts';

const TABLES = { workerKeysTable: 'keys', keyEventsTable: 'events' };
const table = tables({ keys: ['keyId'], events: ['keyId', 'event'] });
const aSignal = () => new AbortController().signal;
const find = async (keyId = aKeyId()) => findWorkerKey(table.client(), TABLES, keyId, aSignal());

let keys = 0;
function aNewKeyId() {
  keys += 1;
  return aKeyId(keys);
}

describe('a record', () => {
  it.each([
    { given: 'without an end', over: {} },
    { given: 'with an end', over: { expiresAtMs: NOW } },
    { given: 'of many domains, as they were given', over: { domains: ['b', 'a', 'c'] } },
    { given: 'that is revoked', over: { status: 'revoked' as const } },
    { given: 'with an empty label', over: { label: '' } },
  ])('$given comes back as it was stored', async ({ over }) => {
    const record = aRecord({ keyId: aNewKeyId(), ...over });
    await putNewWorkerKey(table.client(), 'keys', record);
    expect(await find(record.keyId)).toEqual(record);
  });

  it.each([
    { given: 'that may do everything', over: {} },
    {
      given: 'with networks and an end',
      over: { networks: ['10.0.0.0/8', '::/0'], expiresAt: new Date(NOW).toISOString() },
    },
  ])('of version 2 $given comes back as it was stored', async ({ over }) => {
    const record = aRecordV2(over, aNewKeyId());
    await putNewWorkerKey(table.client(), 'keys', record);
    expect(await find(record.keyId)).toEqual(toKnownKey(record, { isRevoked: false, endsAtMs: null }));
  });

  it('is never overwritten', async () => {
    const record = aRecord({ keyId: aNewKeyId(), status: 'revoked' });
    await putNewWorkerKey(table.client(), 'keys', record);
    const again = putNewWorkerKey(table.client(), 'keys', { ...record, status: 'active' });
    await expect(again).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(await find(record.keyId)).toEqual(record);
  });

  it('that is not there is none', async () => {
    expect(await find(aNewKeyId())).toBeUndefined();
  });
});

describe('a record that this version did not write lets nobody in', () => {
  const genuine: Record<string, AttributeValue> = {
    label: { S: 'press 7' },
    domains: { L: [{ S: 'orders' }] },
    status: { S: 'active' },
    createdAt: { S: '2026-11-01T00:00:00.000Z' },
    expiresAt: { NULL: true },
    derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: 'arn' } } },
  };
  const put = async (item: Record<string, AttributeValue>) => {
    const keyId = aNewKeyId();
    await table.client().send(new PutItemCommand({ TableName: 'keys', Item: { keyId: { S: keyId }, ...item } }));
    return find(keyId);
  };

  it('while the genuine one does', async () => {
    expect(await put(genuine)).toMatchObject({ domains: ['orders'], expiresAtMs: null });
  });

  it.each(Object.keys(genuine))('without %s', async (missing) => {
    expect(await put(Object.fromEntries(Object.entries(genuine).filter(([name]) => name !== missing)))).toBeUndefined();
  });

  it.each([
    { given: 'an unknown field', over: { sourceAddresses: { SS: ['10.0.0.1'] } } },
    { given: 'a label that is no text', over: { label: { N: '7' } } },
    { given: 'another status', over: { status: { S: 'Active' } } },
    { given: 'no domain', over: { domains: { L: [] } } },
    { given: 'a domain that is no text', over: { domains: { L: [{ S: 'orders' }, { N: '1' }] } } },
    { given: 'domains in a set', over: { domains: { SS: ['orders'] } } },
    { given: 'an end that is no date', over: { expiresAt: { S: 'never' } } },
    { given: 'an empty end', over: { expiresAt: { S: '' } } },
    { given: 'an end that is a number', over: { expiresAt: { N: '1' } } },
    { given: 'a creation that is no text', over: { createdAt: { N: '1' } } },
    { given: 'another version', over: { derivation: { M: { version: { N: '2' }, kmsKeyArn: { S: 'arn' } } } } },
    { given: 'a derivation without a key', over: { derivation: { M: { version: { N: '1' } } } } },
    {
      given: 'a derivation with more',
      over: { derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: 'arn' }, salt: { S: 'x' } } } },
    },
    { given: 'a derivation that is no map', over: { derivation: { S: '1' } } },
  ])('with $given', async ({ over }) => {
    expect(await put({ ...genuine, ...over })).toBeUndefined();
  });
});

describe('a version 2 record that this version did not write lets nobody in', () => {
  const { grant, seal } = toItem(aRecordV2({ domains: [ARN, `${ARN}-2`], networks: ['10.0.0.0/8'] }));
  const derivation = { M: { version: { N: '2' }, kmsKeyArn: { S: 'arn' } } };
  const genuine: Record<string, AttributeValue> = { grant: grant ?? { S: '' }, derivation, seal: seal ?? { S: '' } };
  const put = async (item: Record<string, AttributeValue>) => {
    const keyId = aNewKeyId();
    await table.client().send(new PutItemCommand({ TableName: 'keys', Item: { keyId: { S: keyId }, ...item } }));
    return find(keyId);
  };

  it('while the genuine one does', async () => {
    expect(await put(genuine)).toMatchObject({ grant: { rate: 40 }, status: 'active', expiresAtMs: null });
  });

  it.each(Object.keys(genuine))('without %s', async (missing) => {
    expect(await put(Object.fromEntries(Object.entries(genuine).filter(([name]) => name !== missing)))).toBeUndefined();
  });

  it.each([
    { given: 'an unknown field', over: { status: { S: 'active' } } },
    { given: 'the time of a revocation', over: { revokedAt: { S: '2026-11-01T00:00:00.000Z' } } },
    { given: 'an end of version 1', over: { expiresAt: { NULL: true } } },
    { given: 'a seal that is no text', over: { seal: { N: '7' } } },
    { given: 'a short seal', over: { seal: { S: 'A'.repeat(42) } } },
    { given: 'version 1', over: { derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: 'arn' } } } } },
    { given: 'version 3', over: { derivation: { M: { version: { N: '3' }, kmsKeyArn: { S: 'arn' } } } } },
    { given: 'a grant in a map', over: { grant: { M: { domains: { L: [{ S: ARN }] } } } } },
    { given: 'a grant with a space', over: { grant: { S: `${grant?.S ?? ''} ` } } },
    { given: 'an empty grant', over: { grant: { S: '{}' } } },
  ])('with $given', async ({ over }) => {
    expect(await put({ ...genuine, ...over })).toBeUndefined();
  });
});

describe('what happened to a key', () => {
  const putEvent = async (keyId: string, event: string, attributes: Record<string, AttributeValue> = {}) =>
    table
      .client()
      .send(
        new PutItemCommand({ TableName: 'events', Item: { keyId: { S: keyId }, event: { S: event }, ...attributes } }),
      );
  const IN_AN_HOUR = NOW + 3_600_000;
  const at = (atMs: number) => ({ S: new Date(atMs).toISOString() });
  const VERSIONS = [
    { version: 1, toRecord: (keyId: KeyId) => aRecord({ keyId, expiresAtMs: IN_AN_HOUR }) },
    { version: 2, toRecord: (keyId: KeyId) => aRecordV2({ expiresAt: at(IN_AN_HOUR).S }, keyId) },
  ];

  describe.each(VERSIONS)('of version $version', ({ toRecord }) => {
    const aStoredKey = async (): Promise<KeyId> => {
      const record = toRecord(aNewKeyId());
      await putNewWorkerKey(table.client(), 'keys', record);
      return record.keyId;
    };

    it.each([
      { given: 'as an operator writes it', attributes: { at: at(NOW), actor: { S: 'arn' } } },
      { given: 'with nothing in it', attributes: {} },
      { given: 'that somebody overwrote', attributes: { revoked: { BOOL: false }, endsAt: at(IN_AN_HOUR) } },
    ])('revokes it: `revoked` $given', async ({ attributes }) => {
      const keyId = await aStoredKey();
      expect(await find(keyId)).toMatchObject({ status: 'active' });
      await putEvent(keyId, 'revoked', attributes);
      expect(await find(keyId)).toMatchObject({ status: 'revoked' });
    });

    it.each([
      { given: 'sooner', endsAtMs: NOW, expiresAtMs: NOW },
      { given: 'never later', endsAtMs: IN_AN_HOUR + 1, expiresAtMs: IN_AN_HOUR },
    ])('ends it $given than it was issued for', async ({ endsAtMs, expiresAtMs }) => {
      const keyId = await aStoredKey();
      await putEvent(keyId, 'ends', { endsAt: at(endsAtMs) });
      expect(await find(keyId)).toMatchObject({ status: 'active', expiresAtMs });
    });

    it.each([
      { given: 'without a time', attributes: {} },
      { given: 'with a time that is none', attributes: { endsAt: { S: 'never' } } },
      { given: 'with an empty time', attributes: { endsAt: { S: '' } } },
      { given: 'with a number', attributes: { endsAt: { N: '1' } } },
      { given: 'with null', attributes: { endsAt: { NULL: true } } },
    ])('refuses it: `ends` $given', async ({ attributes }) => {
      const keyId = await aStoredKey();
      await putEvent(keyId, 'ends', attributes);
      expect(await find(keyId)).toBeUndefined();
    });

    it('changes nothing otherwise', async () => {
      const keyId = await aStoredKey();
      for (const event of ['issued', 'rotated', 'Revoked', 'revoked2']) await putEvent(keyId, event);
      await putEvent(aNewKeyId(), 'revoked');
      expect(await find(keyId)).toMatchObject({ status: 'active', expiresAtMs: IN_AN_HOUR });
    });
  });

  it('ends a key that was issued without an end', async () => {
    const record = aRecordV2({}, aNewKeyId());
    await putNewWorkerKey(table.client(), 'keys', record);
    await putEvent(record.keyId, 'ends', { endsAt: at(NOW) });
    expect(await find(record.keyId)).toMatchObject({ expiresAtMs: NOW });
  });

  const RECORD = toItem(aRecord());
  const ENDED = { keyId: { S: aKeyId() }, event: { S: 'ends' }, endsAt: at(NOW) };
  const UNREAD = { Keys: [{ keyId: { S: aKeyId() }, event: { S: 'revoked' } }], ConsistentRead: true };
  it.each([
    { given: 'the events', answer: { Responses: { keys: [RECORD] }, UnprocessedKeys: { events: UNREAD } } },
    {
      given: 'the revocation',
      answer: { Responses: { keys: [RECORD], events: [ENDED] }, UnprocessedKeys: { events: UNREAD } },
    },
    {
      given: 'the record',
      answer: {
        Responses: { keys: [], events: [] },
        UnprocessedKeys: { keys: { Keys: [{ keyId: { S: aKeyId() } }], ConsistentRead: true } },
      },
    },
  ])('is not known where DynamoDB leaves $given unprocessed: AuthenticationUnavailable', async ({ answer }) => {
    const dynamodb = await anAwsServer(() => aJsonAnswer(answer));
    const client = new DynamoDBClient({ region: 'eu-west-1', endpoint: dynamodb.url, credentials: CREDENTIALS });
    const found = findWorkerKey(client, TABLES, aKeyId(), aSignal());
    await expect(found).rejects.toMatchObject({ code: 'AuthenticationUnavailable' });
    expect(dynamodb.calls).toHaveLength(1);
  });
});

describe('a table', () => {
  const read = async (answer: AwsAnswer, signal = aSignal()) => {
    const dynamodb = await anAwsServer(() => answer);
    const endpoint = dynamodb.url;
    const client = new DynamoDBClient({ region: 'eu-west-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    return { dynamodb, found: findWorkerKey(client, TABLES, aKeyId(), signal) };
  };

  it('is read consistently, in one call with the events, and nothing but the one key', async () => {
    const { dynamodb, found } = await read(aJsonAnswer({ Responses: { keys: [], events: [] }, UnprocessedKeys: {} }));
    expect(await found).toBeUndefined();
    const keyId = { S: aKeyId() };
    const Keys = [
      { keyId, event: { S: 'ends' } },
      { keyId, event: { S: 'revoked' } },
    ];
    expect(dynamodb.calls.map(({ body }): unknown => JSON.parse(body))).toEqual([
      { RequestItems: { keys: { Keys: [{ keyId }], ConsistentRead: true }, events: { Keys, ConsistentRead: true } } },
    ]);
    expect(dynamodb.calls[0]?.headers['x-amz-target']).toBe('DynamoDB_20120810.BatchGetItem');
  });

  it.each([
    { given: 'gone', answer: aFault('ResourceNotFoundException', 'x'), code: 'RelayMisconfigured' },
    { given: 'denied', answer: aFault('AccessDeniedException', 'x'), code: 'RelayMisconfigured' },
    { given: 'not for us', answer: aFault('UnrecognizedClientException', 'x'), code: 'RelayMisconfigured' },
    { given: 'throttled', answer: aFault('ThrottlingException', 'x'), code: 'AuthenticationUnavailable' },
    { given: 'down', answer: aFault('InternalServerError', 'x', 500), code: 'AuthenticationUnavailable' },
    { given: 'cut off', answer: 'reset' as const, code: 'AuthenticationUnavailable' },
    { given: 'silent about what it found', answer: aJsonAnswer({}), code: 'AuthenticationUnavailable' },
    { given: 'talking nonsense', answer: { status: 200, body: '<html>' }, code: 'AuthenticationUnavailable' },
  ])('that is $given: $code', async ({ answer, code }) => {
    const { found } = await read(answer);
    await expect(found).rejects.toMatchObject({ code });
  });

  it('that hangs: AuthenticationUnavailable', async () => {
    const end = new AbortController();
    const { dynamodb, found } = await read('hang', end.signal);
    void dynamodb.received(1).then(() => end.abort());
    await expect(found).rejects.toMatchObject({ code: 'AuthenticationUnavailable' });
  });
});
