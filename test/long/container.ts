/** A container of the function, on canned answers of AWS: sends itself heartbeats, and tells how much memory it holds. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { z } from 'zod';

import { createApp } from '../../lambda/app.ts';
import { toKeyId, toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { createDependencies } from '../../lambda/dependencies.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import { type AwsRequest, CannedAws, toSessionXml } from './canned-aws.ts';

const REGION = 'eu-west-1';
const ORDERS = {
  name: 'orders',
  region: REGION,
  arn: 'arn:aws:swf:eu-west-1:123456789012:/domain/orders',
  roleArn: 'arn:aws:iam::123456789012:role/orders',
};
const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/mrk-local';
const MAC = Buffer.alloc(32, 7);
const SECRET = toWorkerSecret(MAC);
const KEY_ID = toKeyId(new Uint8Array(16));

/** Long enough for every timer of a request to have run out. */
const TIMERS_MS = 5_000;
const TOKEN_CHARACTERS = 576;

const UPDATE = z.object({ Key: z.looseObject({}), ExpressionAttributeValues: z.record(z.string(), z.unknown()) });

function answerOf({ api, operation, body }: AwsRequest): string {
  if (api === 'swf') return '{"cancelRequested":false}';
  if (api === 'sts') return toSessionXml();
  if (api === 'kms') return JSON.stringify({ KeyId: KEY_ARN, Mac: MAC.toString('base64') });
  if (operation === 'BatchGetItem') {
    const records = body.includes(KEY_ID) ? [toRecord()] : [];
    return JSON.stringify({ Responses: { [environment.workerKeysTable]: records } });
  }
  const { Key: key, ExpressionAttributeValues: values } = UPDATE.parse(JSON.parse(body));
  return JSON.stringify({
    Attributes: {
      ...key,
      state: { S: 'open' },
      cancelRequested: { BOOL: false },
      observedAt: values[':observedAt'],
      expiresAt: values[':expiresAt'],
    },
  });
}

const toRecord = () => ({
  keyId: { S: KEY_ID },
  label: { S: 'long' },
  domains: { L: [{ S: ORDERS.name }] },
  status: { S: 'active' },
  createdAt: { S: '2026-11-22T08:00:00.000Z' },
  expiresAt: { NULL: true },
  derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: KEY_ARN } } },
});

interface Invocable {
  invoke(event: HttpEvent, context: object): Promise<HttpResult>;
}

const environment = {
  stackName: 'HeartbeatRelay-dev',
  region: REGION,
  domains: new Map([[ORDERS.name, ORDERS]]),
  workerKeysTable: 'WorkerKeys',
  workerKeysMacKeys: { newest: KEY_ARN, earlier: undefined },
  taskStatesTable: 'TaskStates',
  keyUseTable: 'key-use',
  keyEventsTable: 'key-events',
  rateLimitsTable: 'rate-limits',
};
const credentials = { accessKeyId: 'ASIALOCAL', secretAccessKey: 'local', sessionToken: 'local' };
const aws = { region: REGION, requestHandler: new CannedAws(answerOf), credentials };
const app: Invocable = { invoke: createApp(createDependencies(environment, aws, Date.now)) };

/** A token as long as SWF's, so that whatever keeps one shows. */
async function heartbeat(number: number, authorization = `Bearer ${KEY_ID}.${SECRET}`): Promise<number> {
  const taskToken = `${number}`.padStart(TOKEN_CHARACTERS, 'A');
  const { statusCode } = await app.invoke(
    {
      rawPath: '/domains/orders/heartbeats',
      rawQueryString: '',
      headers: { authorization },
      body: JSON.stringify({ taskToken, details: '42 %' }),
      isBase64Encoded: false,
      requestContext: {
        domainName: 'relay.example',
        timeEpoch: Date.now(),
        requestId: `${number}`,
        http: { method: 'POST' },
      },
    },
    {},
  );
  await turn();
  return statusCode;
}

async function expectAll(count: number, status: number, send: (number: number) => Promise<number>): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const answered = await send(number);
    if (answered !== status) throw new Error(`heartbeat ${number} was answered ${answered}`);
  }
}

const toUnknownKeyId = (number: number): string => toKeyId(Buffer.from(`${number}`.padStart(16, 'x')));

/** Tells what is held once nothing is under way. */
async function report(tasks: number, unknownKeys: number): Promise<void> {
  await sleep(TIMERS_MS);
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed: heapUsedBytes, rss: rssBytes } = process.memoryUsage();
  process.send?.({ tasks, unknownKeys, heapUsedBytes, rssBytes });
}

const OPTIONS = { tasks: { type: 'string' }, unknownKeys: { type: 'string' } } as const;
const { tasks, unknownKeys } = parseArgs({ options: OPTIONS }).values;

let sent = 0;
for (const upTo of (tasks ?? '').split(',').map(Number)) {
  const before = sent;
  await expectAll(upTo - before, 200, async (number) => heartbeat(before + number));
  sent = upTo;
  await report(sent, 0);
}
await expectAll(Number(unknownKeys), 401, async (number) =>
  heartbeat(number, `Bearer ${toUnknownKeyId(number)}.${SECRET}`),
);
await report(sent, Number(unknownKeys));
