import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';

import { createRecordKeyUse } from '../../../lambda/aws/key-use-table.ts';
import type { KeyId } from '../../../lambda/workers/worker-key.ts';
import { CALL_TIMEOUT_MS } from '../../../lambda/http/deadline.ts';
import { aKeyId, NOW } from '../workers/worker-key-records.ts';
import { aTable } from './dynamodb-table.ts';
import {
  aDeadline,
  aFault,
  anAwsServer,
  aJsonAnswer,
  type AwsAnswer,
  CREDENTIALS,
  expireOnCall,
} from './fake-aws-server.ts';

const table = aTable('use', 'keyId');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

let keys = 0;
let keyId: KeyId;
beforeEach(() => {
  keys += 1;
  keyId = aKeyId(keys);
});

const aContainer = () => {
  const world = { nowMs: NOW };
  const note = createRecordKeyUse(table.client(), 'use', () => world.nowMs);
  return { world, note: async () => note(keyId, aDeadline()) };
};

async function findRow(): Promise<Record<string, AttributeValue> | undefined> {
  const command = new GetItemCommand({ TableName: 'use', Key: { keyId: { S: keyId } }, ConsistentRead: true });
  return (await table.client().send(command)).Item;
}

/** 400 days after the day began. */
const TODAY = { lastSeenOn: { S: '2026-11-22' }, expiresAt: { N: String(Date.UTC(2027, 11, 27) / 1000) } };

describe("a key's row", () => {
  it('says the day, and goes 400 days after it', async () => {
    await aContainer().note();
    expect(await findRow()).toEqual({ keyId: { S: keyId }, ...TODAY });
  });

  it('moves on with the days', async () => {
    const { world, note } = aContainer();
    await note();
    world.nowMs += DAY_MS;
    await note();
    expect(await findRow()).toMatchObject({ lastSeenOn: { S: '2026-11-23' } });
  });

  it('never goes back, whatever another container says later', async () => {
    const [one, late] = [aContainer(), aContainer()];
    await one.note();
    late.world.nowMs -= DAY_MS;
    await late.note();
    expect(await findRow()).toEqual({ keyId: { S: keyId }, ...TODAY });
  });

  it('may be there already: another container was first', async () => {
    await aContainer().note();
    await expect(aContainer().note()).resolves.toBeUndefined();
  });
});

describe('a table', () => {
  const aService = async (answer: AwsAnswer) => {
    const service = await anAwsServer(() => answer);
    const client = new DynamoDBClient({
      region: 'eu-west-1',
      endpoint: service.url,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    const world = { nowMs: NOW };
    const note = createRecordKeyUse(client, 'use', () => world.nowMs);
    return { service, world, note };
  };

  it('is written once a day and container, also by ten heartbeats at once, within the cap of a table', async () => {
    const { service, note } = await aService(aJsonAnswer({}));
    const deadline = aDeadline();
    await Promise.all(Array.from({ length: 10 }, async () => note(keyId, deadline)));
    await note(keyId, deadline);
    expect(service.calls.map(({ body }): unknown => JSON.parse(body))).toEqual([
      expect.objectContaining({ TableName: 'use', Key: { keyId: { S: keyId } } }),
    ]);
    expect(deadline.asked).toEqual([[CALL_TIMEOUT_MS.table]]);
  });

  it('is not asked again that day where another container was first', async () => {
    const { service, world, note } = await aService(aFault('ConditionalCheckFailedException', 'x'));
    await note(keyId, aDeadline());
    world.nowMs += MINUTE_MS;
    await note(keyId, aDeadline());
    expect(service.calls).toHaveLength(1);
  });

  it.each([
    { given: 'gone', answer: aFault('ResourceNotFoundException', 'x'), name: 'ResourceNotFoundException' },
    { given: 'denied', answer: aFault('AccessDeniedException', 'x'), name: 'AccessDeniedException' },
    { given: 'throttled', answer: aFault('ThrottlingException', 'x'), name: 'ThrottlingException' },
    { given: 'down', answer: aFault('InternalServerError', 'x', 500), name: 'InternalServerError' },
    { given: 'cut off', answer: 'reset' as const, name: 'TimeoutError' },
  ])('that is $given is asked again a minute later, and not before', async ({ answer, name }) => {
    const { service, world, note } = await aService(answer);
    await expect(note(keyId, aDeadline())).rejects.toMatchObject({ name });
    world.nowMs += MINUTE_MS - 1;
    await note(keyId, aDeadline());
    expect(service.calls).toHaveLength(1);
    world.nowMs += 1;
    service.answer = () => aJsonAnswer({});
    await note(keyId, aDeadline());
    expect(service.calls).toHaveLength(2);
  });

  it('that hangs is given up at the deadline', async () => {
    const { service, note } = await aService('hang');
    const deadline = aDeadline();
    void expireOnCall(deadline, service);
    await expect(note(keyId, deadline)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
