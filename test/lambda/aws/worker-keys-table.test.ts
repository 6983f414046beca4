import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';

import { findWorkerKey, putNewWorkerKey } from '../../../lambda/aws/worker-keys-table.ts';
import { aKeyId, aRecord, NOW } from '../workers/worker-key-records.ts';
import { aTable } from './dynamodb-table.ts';
import { aFault, anAwsServer, type AwsAnswer, CREDENTIALS } from './fake-aws-server.ts';

const table = aTable('keys', 'keyId');
const aSignal = () => new AbortController().signal;
const find = async (keyId = aKeyId()) => findWorkerKey(table.client(), 'keys', keyId, aSignal());

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
    { given: 'a higher version', over: { derivation: { M: { version: { N: '2' }, kmsKeyArn: { S: 'arn' } } } } },
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

describe('a table', () => {
  const read = async (answer: AwsAnswer, signal = aSignal()) => {
    const dynamodb = await anAwsServer(() => answer);
    const endpoint = dynamodb.url;
    const client = new DynamoDBClient({ region: 'eu-west-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    return { dynamodb, found: findWorkerKey(client, 'keys', aKeyId(), signal) };
  };

  it('is read consistently, and nothing but the one key', async () => {
    const { dynamodb, found } = await read({ status: 200, body: '{}' });
    expect(await found).toBeUndefined();
    expect(dynamodb.calls.map(({ body }): unknown => JSON.parse(body))).toEqual([
      { TableName: 'keys', Key: { keyId: { S: aKeyId() } }, ConsistentRead: true },
    ]);
  });

  it.each([
    { given: 'gone', answer: aFault('ResourceNotFoundException', 'x'), code: 'RelayMisconfigured' },
    { given: 'denied', answer: aFault('AccessDeniedException', 'x'), code: 'RelayMisconfigured' },
    { given: 'not for us', answer: aFault('UnrecognizedClientException', 'x'), code: 'RelayMisconfigured' },
    { given: 'throttled', answer: aFault('ThrottlingException', 'x'), code: 'AuthenticationUnavailable' },
    { given: 'down', answer: aFault('InternalServerError', 'x', 500), code: 'AuthenticationUnavailable' },
    { given: 'cut off', answer: 'reset' as const, code: 'AuthenticationUnavailable' },
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
