import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createWriteLease } from '../../../lambda/aws/rate-limits-table.ts';
import { applyLease, type LeaseRequest } from '../../../lambda/share/lease.ts';
import { toKeyRate } from '../../../lambda/share/rate.ts';
import { NOW } from '../workers/worker-key-records.ts';
import { aTable } from './dynamodb-table.ts';
import { aDeadline, aFault, anAwsServer, CREDENTIALS, expireOnCall } from './fake-aws-server.ts';

const table = aTable('rates', 'bucket');

const aRequest = (over: Partial<LeaseRequest> = {}): LeaseRequest => ({
  rate: toKeyRate(40),
  tokens: 5,
  nowMs: NOW,
  branch: 'idle',
  ...over,
});

let buckets = 0;
function aBucket(): { readonly name: string; readonly rate: LeaseRequest['rate'] } {
  buckets += 1;
  return { name: `key/${buckets}`, rate: toKeyRate(40) };
}

const write = async (bucket: ReturnType<typeof aBucket>, request: LeaseRequest) =>
  createWriteLease(table.client(), 'rates')({ bucket, request }, aDeadline());

const findRow = async (name: string) =>
  (await table.client().send(new GetItemCommand({ TableName: 'rates', Key: { bucket: { S: name } } }))).Item;

describe('a lease', () => {
  it('makes the row, which goes a day after its bucket is full again', async () => {
    const bucket = aBucket();
    expect(await write(bucket, aRequest())).toEqual({ kind: 'leased', spentUntilMs: NOW + 125 });
    expect(await findRow(bucket.name)).toEqual({
      bucket: { S: bucket.name },
      spentUntil: { N: String(NOW + 125) },
      expiresAt: { N: String(NOW / 1000 + 10 + 86_400) },
    });
  });

  it('moves the number of a busy bucket on, whoever wrote it', async () => {
    const bucket = aBucket();
    await write(bucket, aRequest());
    const later = aRequest({ nowMs: NOW + 100, branch: 'busy', tokens: 20 });
    expect(await write(bucket, later)).toEqual({ kind: 'leased', spentUntilMs: NOW + 625 });
  });

  it('is refused where its branch is wrong or the bucket is empty, and changes nothing', async () => {
    const bucket = aBucket();
    expect(await write(bucket, aRequest({ branch: 'busy' }))).toEqual({ kind: 'refused' });
    expect(await findRow(bucket.name)).toBeUndefined();
    await write(bucket, aRequest({ tokens: 398 }));
    const row = await findRow(bucket.name);
    for (const refused of [aRequest(), aRequest({ branch: 'busy', tokens: 3 })]) {
      expect(await write(bucket, refused)).toEqual({ kind: 'refused' });
      expect(await findRow(bucket.name)).toEqual(row);
    }
    expect(await write(bucket, aRequest({ branch: 'busy', tokens: 2 }))).toMatchObject({ kind: 'leased' });
  });

  it('takes a bucket whose tokens are spent until this very moment for a busy one', async () => {
    const bucket = aBucket();
    await write(bucket, aRequest());
    const nowMs = NOW + 125;
    expect(await write(bucket, aRequest({ nowMs }))).toEqual({ kind: 'refused' });
    expect(await write(bucket, aRequest({ nowMs, branch: 'busy' }))).toMatchObject({ kind: 'leased' });
    expect(await write(bucket, aRequest({ nowMs: nowMs + 126 }))).toMatchObject({ kind: 'leased' });
  });

  it('does in the table what the model says, in any order', async () => {
    const step = fc.record({
      perSecond: fc.integer({ min: 1, max: 200 }),
      tokens: fc.integer({ min: 1, max: 20 }),
      afterMs: fc.constantFrom(0, 0, 1, 40, 1_000, 30_000, -50),
      branch: fc.constantFrom<LeaseRequest['branch'][]>('idle', 'busy'),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const bucket = aBucket();
      let [row, nowMs]: [number | undefined, number] = [undefined, NOW];
      for (const { perSecond, tokens, afterMs, branch } of steps) {
        nowMs += afterMs;
        const rate = toKeyRate(perSecond);
        const request = { rate, tokens: Math.min(tokens, rate.burst), nowMs, branch };
        const expected = applyLease(request, row);
        const answer = await write(bucket, request);
        expect(answer.kind).toBe(expected.kind);
        if (answer.kind !== 'leased' || expected.kind !== 'leased') continue;
        expect(answer.spentUntilMs).toBeCloseTo(expected.spentUntilMs, 3);
        row = answer.spentUntilMs;
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

describe('what the table answers', () => {
  const openAws = async () => {
    const dynamodb = await anAwsServer(() => 'reset');
    const endpoint = dynamodb.url;
    const client = new DynamoDBClient({ region: 'eu-west-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    const deadline = aDeadline();
    const lease = { bucket: aBucket(), request: aRequest() };
    return { dynamodb, deadline, write: async () => createWriteLease(client, 'rates')(lease, deadline) };
  };

  it('about a refused row says its number, as dynalite does not', async () => {
    const { dynamodb, write: writeOnce } = await openAws();
    const Item = { bucket: { S: 'key/a' }, spentUntil: { N: String(NOW + 7) } };
    const fault = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'x', Item };
    dynamodb.answer = () => ({ status: 400, body: JSON.stringify(fault) });
    expect(await writeOnce()).toEqual({ kind: 'refused', spentUntilMs: NOW + 7 });
    expect(JSON.parse(dynamodb.calls[0]?.body ?? '')).toMatchObject({
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  it.each([
    { given: 'a throttle', answer: aFault('ProvisionedThroughputExceededException', 'x') },
    { given: 'a denial', answer: aFault('AccessDeniedException', 'x') },
    { given: 'no table', answer: aFault('ResourceNotFoundException', 'x') },
    { given: 'an error', answer: aFault('InternalServerError', 'x', 500) },
    { given: 'nonsense', answer: { status: 200, body: '<html>' } },
    { given: 'nothing about the row', answer: { status: 200, body: '{}' } },
    { given: 'a lost connection', answer: 'reset' as const },
  ])('$given: the write failed, and nothing is thrown', async ({ answer }) => {
    const { dynamodb, write: writeOnce } = await openAws();
    dynamodb.answer = () => answer;
    expect(await writeOnce()).toEqual({ kind: 'failed' });
  });

  it('too late is a failed write: a heartbeat waits a quarter of a second', async () => {
    const { dynamodb, deadline, write: writeOnce } = await openAws();
    dynamodb.answer = () => 'hang';
    void expireOnCall(deadline, dynamodb);
    expect(await writeOnce()).toEqual({ kind: 'failed' });
    expect(deadline.asked).toEqual([[250]]);
  });
});
