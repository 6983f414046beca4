import { randomBytes } from 'node:crypto';

import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { deriveMac, deriveSecret } from '../../lambda/aws/kms.ts';
import { toItem } from '../../lambda/aws/worker-key-item.ts';
import { putNewWorkerKey } from '../../operator/new-worker-key.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import type { KeyGrant } from '../../lambda/workers/key-grant.ts';
import type { RecordV2 } from '../../lambda/workers/key-record.ts';
import { toSealMessage } from '../../lambda/workers/mac-message.ts';
import { toKeyId, type WorkerSecret } from '../../lambda/workers/worker-key.ts';
import { type AStack, startStack } from './a-stack.ts';
import { type RelayAnswer, Worker } from './relay-worker.ts';
import { until } from './until.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

interface Issued {
  readonly record: RecordV2;
  readonly secret: WorkerSecret;
}

/** A version 2 key, issued by the relay's own code on the stack's tables and KMS. */
async function issue(over: Partial<KeyGrant> = {}): Promise<Issued> {
  const { kms, macKeyArn, dynamodb, workerKeysTable } = a.target;
  const { domains } = parseEnvironment({ ...a.stack.functionEnvironment, AWS_REGION: a.stack.region });
  const grant: KeyGrant = {
    domains: [domains.get('orders')?.arn ?? ''],
    operations: ['heartbeat'],
    networks: [],
    rate: 40,
    expiresAt: null,
    ...over,
  };
  const keyId = toKeyId(randomBytes(16));
  const seal = Buffer.from(await deriveMac(kms, macKeyArn, toSealMessage(keyId, grant))).toString('base64url');
  const record: RecordV2 = { keyId, grant, derivation: { version: 2, kmsKeyArn: macKeyArn }, seal };
  await putNewWorkerKey(dynamodb, workerKeysTable, record);
  return { record, secret: await deriveSecret(kms, macKeyArn, record) };
}

async function put(tableName: string | undefined, item: Record<string, AttributeValue>): Promise<void> {
  await a.target.dynamodb.send(new PutItemCommand({ TableName: tableName, Item: item }));
}

const putEvent = async ({ record }: Issued, event: string, attributes: Record<string, AttributeValue> = {}) =>
  put(a.stack.functionEnvironment['RELAY_KEY_EVENTS_TABLE'], {
    keyId: { S: record.keyId },
    event: { S: event },
    ...attributes,
  });

const worker = ({ record, secret }: Issued) => new Worker(a.stack.relayUrl, { keyId: record.keyId, secret });

/** Over a 503, a cold container's on a busy machine, it sends another heartbeat. */
const heartbeat = async (issued: Issued): Promise<RelayAnswer> =>
  until('an answer but 503', async () => {
    const answer = await worker(issued).heartbeat('orders', a.connection.task.taskToken);
    return answer.status === 503 ? undefined : answer;
  });

describe('a version 2 key through gateway, function and tables', () => {
  it('lets its worker send heartbeats', async () => {
    expect(await heartbeat(await issue())).toMatchObject({ status: 200, body: { forwarded: true } });
  });

  it.each([
    { networks: ['127.0.0.0/8'], status: 200 },
    { networks: ['127.0.0.1/32', '10.0.0.0/8'], status: 200 },
    { networks: ['10.0.0.0/8'], status: 401 },
    { networks: ['::/0'], status: 401 },
  ])('is good from 127.0.0.1 with the networks $networks: $status', async ({ networks, status }) => {
    expect((await heartbeat(await issue({ networks }))).status).toBe(status);
  });

  it('is refused once its record names another rate than its secret was derived for', async () => {
    const issued = await issue();
    const { record } = issued;
    await put(a.target.workerKeysTable, toItem({ ...record, grant: { ...record.grant, rate: 1_000 } }));
    expect((await heartbeat(issued)).status).toBe(401);
  });

  it('stays revoked when its record is restored', async () => {
    const issued = await issue();
    await putEvent(issued, 'revoked');
    await put(a.target.workerKeysTable, toItem(issued.record));
    expect((await heartbeat(issued)).status).toBe(401);
  });

  it.each([
    { given: 'that lies behind', endsAt: { S: '2026-01-01T00:00:00.000Z' }, status: 401 },
    { given: 'that is to come', endsAt: { S: '9999-01-01T00:00:00.000Z' }, status: 200 },
    { given: 'that nobody can read', endsAt: { S: 'soon' }, status: 401 },
  ])('has an end $given: $status', async ({ endsAt, status }) => {
    const issued = await issue();
    await putEvent(issued, 'ends', { endsAt });
    expect((await heartbeat(issued)).status).toBe(status);
  });
});

it('a key cannot be checked while either of its tables cannot be read', async () => {
  for (const table of ['WorkerKeys', 'KeyEvents']) {
    const issued = await issue();
    a.stack.faults.set([`dynamodb.BatchGetItem/${table}=error`]);
    const answer = await worker(issued).heartbeat('orders', a.connection.task.taskToken);
    a.stack.faults.set([]);
    expect(answer).toMatchObject({ status: 503, body: { code: 'AuthenticationUnavailable' } });
    expect((await heartbeat(issued)).status).toBe(200);
  }
});
