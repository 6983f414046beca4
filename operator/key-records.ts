import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import { parseWorkerKey } from '../lambda/aws/worker-key-item.ts';
import type { KeyId } from '../lambda/workers/worker-key.ts';
import { isConditionFailure } from './condition-failure.ts';
import { type Attribution, putEnd, readEvents } from './key-events.ts';
import { type ManagedKey, toManagedKey } from './managed-key.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';
import { UsageError } from './usage-error.ts';

/** A key as it is stored. */
export interface StoredRows {
  /** Undefined without a record, for example after a purge. */
  readonly item: Item | undefined;
  readonly events: readonly Item[];
}

/** Both are read consistently. */
export async function readKey(target: Target, keyId: KeyId): Promise<StoredRows> {
  const { dynamodb, workerKeysTable } = target;
  const command = new GetItemCommand({
    TableName: workerKeysTable,
    Key: { keyId: { S: keyId } },
    ConsistentRead: true,
  });
  const { Item: item } = await dynamodb.send(command);
  return { item, events: await readEvents(target, keyId) };
}

/** @throws UsageError for a key that does not exist, or whose rows this version can't read. */
export async function findKey(target: Target, keyId: KeyId): Promise<ManagedKey> {
  const { item, events } = await readKey(target, keyId);
  if (item === undefined) throw noSuchKey(keyId);
  const record = parseWorkerKey({ ...item });
  const key = record === undefined ? undefined : toManagedKey(record, events);
  if (key !== undefined) return key;
  throw new UsageError(`this version can't read the record of ${keyId}, so the relay refuses the key: revoke it`);
}

/** Gives a key an end, unless it has an earlier one. */
export async function expireKey(
  target: Target,
  { keyId, record }: Pick<ManagedKey, 'keyId' | 'record'>,
  expiresAtMs: number,
  by: Attribution,
): Promise<void> {
  await putEnd(target, keyId, expiresAtMs, by);
  if (!('grant' in record)) await setEnd(target, keyId, expiresAtMs);
}

/** For the function's code before version 2 keys, as a revocation changes `status` for it. */
async function setEnd({ dynamodb, workerKeysTable }: Target, keyId: KeyId, expiresAtMs: number): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: workerKeysTable,
    Key: { keyId: { S: keyId } },
    UpdateExpression: 'SET expiresAt = :expiresAt',
    // All times are stored as `toISOString` writes them, so the earlier one is the smaller text.
    ConditionExpression: '#status = :active AND (attribute_type(expiresAt, :null) OR expiresAt > :expiresAt)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':active': { S: 'active' },
      ':null': { S: 'NULL' },
      ':expiresAt': { S: new Date(expiresAtMs).toISOString() },
    },
  });
  try {
    await dynamodb.send(command);
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

export function noSuchKey(keyId: KeyId): UsageError {
  return new UsageError(`this relay has no key ${keyId}: npx heartbeat-relay keys list shows its keys`);
}
