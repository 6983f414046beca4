import { z } from 'zod';

import { toCanonicalJson } from '../../lambda/workers/key-grant.ts';
import { STEADY_WORKER, toMac, WORKER } from './worker.ts';

/** The four APIs that a heartbeat needs. Each has its own port, as each has its own host at AWS. */
export const SERVICES = ['swf', 'sts', 'kms', 'dynamodb'] as const;
export type Service = (typeof SERVICES)[number];

const NUMBER = z.object({ N: z.string() }).optional();
const UPDATE = z.object({
  TableName: z.string(),
  Key: z.record(z.string(), z.unknown()),
  UpdateExpression: z.string(),
  ExpressionAttributeValues: z.object({
    ':observedAt': NUMBER,
    ':startedAt': NUMBER,
    ':spentUntil': NUMBER,
    ':now': NUMBER,
  }),
});
const GET = z.object({ TableName: z.string(), Key: z.record(z.string(), z.unknown()) });
const BATCH = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const GENERATE_MAC = z.object({ KeyId: z.string(), Message: z.string() });

const SESSION_SECONDS = 3_600;

export interface AnswerDeps {
  /** The KMS key of the template, which the record of the worker key names. */
  readonly kmsKeyArn: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export function toAnswer(service: Service, operation: string, body: string, { kmsKeyArn, clock }: AnswerDeps): string {
  if (service === 'swf') return '{"cancelRequested":false}';
  if (service === 'sts') return toSession(clock() + SESSION_SECONDS * 1_000);
  const request: unknown = JSON.parse(body);
  if (service === 'kms') return toMacAnswer(request);
  if (operation === 'BatchGetItem') return JSON.stringify(toKeyItems(request, kmsKeyArn));
  return JSON.stringify(operation === 'GetItem' ? { Item: findRow(request) } : { Attributes: toRow(request) });
}

/** The rows of tasks that were paced, by table and key. */
const rows = new Map<string, object>();

function findRow(request: unknown): object | undefined {
  const { TableName, Key } = GET.parse(request);
  return rows.get(`${TableName} ${JSON.stringify(Key)}`);
}

/** The row after an update of a task, or a bucket that is never empty. An update of a key's use returns nothing that is read. */
function toRow(request: unknown): object {
  const { TableName, Key, UpdateExpression, ExpressionAttributeValues: values } = UPDATE.parse(request);
  const row = {
    state: { S: 'open' },
    cancelRequested: { BOOL: false },
    observedAt: values[':observedAt'],
    spentUntil: values[':spentUntil'] ?? values[':now'],
    ...(UpdateExpression.includes('acceptedAt') ? { acceptedAt: values[':startedAt'] } : {}),
  };
  if ('acceptedAt' in row) rows.set(`${TableName} ${JSON.stringify(Key)}`, row);
  return row;
}

/** The record of a key in the first table, and no event of it in the second. */
function toKeyItems(request: unknown, kmsKeyArn: string): object {
  const [workerKeys = '', keyEvents = ''] = Object.keys(BATCH.parse(request).RequestItems);
  return { Responses: { [workerKeys]: [toRecord(request, kmsKeyArn)], [keyEvents]: [] }, UnprocessedKeys: {} };
}

function toRecord(request: unknown, kmsKeyArn: string): object {
  const { keyId, grant } = JSON.stringify(request).includes(STEADY_WORKER.keyId) ? STEADY_WORKER : WORKER;
  return {
    keyId: { S: keyId },
    grant: { S: toCanonicalJson(grant) },
    derivation: { M: { version: { N: '2' }, kmsKeyArn: { S: kmsKeyArn } } },
    seal: { S: 'A'.repeat(43) },
  };
}

function toMacAnswer(request: unknown): string {
  const { KeyId, Message } = GENERATE_MAC.parse(request);
  return JSON.stringify({ KeyId, Mac: toMac(Buffer.from(Message, 'base64')).toString('base64') });
}

function toSession(expiresAtMs: number): string {
  const expiration = new Date(expiresAtMs).toISOString();
  return (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
    `<AccessKeyId>ASIAMEASURED</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>${'t'.repeat(400)}` +
    `</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
  );
}
