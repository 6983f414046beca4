import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

import { parseWorkerKey } from '../lambda/aws/worker-key-item.ts';
import type { RecordV1 } from '../lambda/workers/key-record.ts';
import type { KeyId } from '../lambda/workers/worker-key.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

type Item = Record<string, AttributeValue>;
type Change = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** `status` is a reserved word in DynamoDB's expressions. */
const NAMES = { '#status': 'status' };

/** @throws UsageError for a key that does not exist, or whose record this version can't read. */
export async function findKey({ dynamodb, workerKeysTable }: Target, keyId: KeyId): Promise<RecordV1> {
  const { Item: item } = await dynamodb.send(
    new GetItemCommand({ TableName: workerKeysTable, Key: { keyId: { S: keyId } }, ConsistentRead: true }),
  );
  if (item === undefined) throw noSuchKey(keyId);
  const record = parseWorkerKey(item);
  if (record !== undefined && !('grant' in record)) return record;
  throw new UsageError(`this version can't read the record of ${keyId}, so the relay refuses the key: revoke it`);
}

/**
 * Revokes a key, whatever its record looks like, and records when. Repeating it keeps the time, and adds one where an
 * earlier version recorded none.
 *
 * @returns whether it was already revoked.
 * @throws UsageError for a key that does not exist.
 */
export async function revokeKey(target: Target, keyId: KeyId, nowMs: number = Date.now()): Promise<boolean> {
  const previous = await change(target, keyId, {
    UpdateExpression: 'SET #status = :revoked, revokedAt = if_not_exists(revokedAt, :now)',
    ConditionExpression: 'attribute_exists(keyId)',
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: { ':revoked': { S: 'revoked' }, ':now': { S: new Date(nowMs).toISOString() } },
  });
  if (previous === undefined) throw noSuchKey(keyId);
  return previous['status']?.S === 'revoked';
}

/** Gives an active key an end, unless it has an earlier one or was revoked meanwhile. */
export async function expireKey(target: Target, keyId: KeyId, expiresAtMs: number): Promise<void> {
  await change(target, keyId, {
    UpdateExpression: 'SET expiresAt = :expiresAt',
    // All times are stored as `toISOString` writes them, so the earlier one is the smaller text.
    ConditionExpression: '#status = :active AND (attribute_type(expiresAt, :null) OR expiresAt > :expiresAt)',
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: {
      ':active': { S: 'active' },
      ':null': { S: 'NULL' },
      ':expiresAt': { S: new Date(expiresAtMs).toISOString() },
    },
  });
}

/** @returns the row as it was before; undefined if the condition did not hold. */
async function change(
  { dynamodb, workerKeysTable }: { readonly dynamodb: DynamoDBClient; readonly workerKeysTable: string },
  keyId: KeyId,
  update: Change,
): Promise<Item | undefined> {
  const command = new UpdateItemCommand({
    TableName: workerKeysTable,
    Key: { keyId: { S: keyId } },
    ReturnValues: 'ALL_OLD',
    ...update,
  });
  try {
    const { Attributes: previous = {} } = await dynamodb.send(command);
    return previous;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}

function noSuchKey(keyId: KeyId): UsageError {
  return new UsageError(`this relay has no key ${keyId}: npx heartbeat-relay keys list shows its keys`);
}
