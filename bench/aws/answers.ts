import { z } from 'zod';

import { DOMAIN, KEY_ID, toMac } from './worker.ts';

/** The four APIs that a heartbeat needs. Each has its own port, as each has its own host at AWS. */
export const SERVICES = ['swf', 'sts', 'kms', 'dynamodb'] as const;
export type Service = (typeof SERVICES)[number];

const UPDATE = z.object({
  ExpressionAttributeValues: z.object({ ':observedAt': z.object({ N: z.string() }).optional() }),
});
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
  return JSON.stringify(operation === 'BatchGetItem' ? toKeyItems(request, kmsKeyArn) : { Attributes: toRow(request) });
}

/** The row after an update. `observedAt` comes from the update; an update of a key's use has none. */
function toRow(request: unknown): object {
  const { ExpressionAttributeValues: values } = UPDATE.parse(request);
  return { state: { S: 'open' }, cancelRequested: { BOOL: false }, observedAt: values[':observedAt'] };
}

/** The record of the one key in the first table, and no event of it in the second. */
function toKeyItems(request: unknown, kmsKeyArn: string): object {
  const [workerKeys = '', keyEvents = ''] = Object.keys(BATCH.parse(request).RequestItems);
  return { Responses: { [workerKeys]: [toRecord(request, kmsKeyArn)], [keyEvents]: [] }, UnprocessedKeys: {} };
}

function toRecord(request: unknown, kmsKeyArn: string): object {
  return {
    keyId: { S: JSON.stringify(request).includes(KEY_ID) ? KEY_ID : 'unknown' },
    label: { S: 'measured' },
    domains: { L: [{ S: DOMAIN }] },
    status: { S: 'active' },
    createdAt: { S: '2026-11-22T08:00:00.000Z' },
    expiresAt: { NULL: true },
    derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: kmsKeyArn } } },
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
