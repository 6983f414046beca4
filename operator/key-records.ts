import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

import { parseWorkerKey } from '../lambda/aws/worker-keys-table.ts';
import type { KeyId, WorkerKeyRecord } from '../lambda/workers/worker-key.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

type Item = Record<string, AttributeValue>;
type Change = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

export interface KeyListing {
  readonly records: readonly WorkerKeyRecord[];
  /** Ids of rows that are not of the form this version writes; such a key lets nobody in. */
  readonly unreadable: readonly string[];
}

/** `status` is a reserved word of DynamoDB's expressions. */
const NAMES = { '#status': 'status' };

/** All keys of a relay, however many, as they stand now. */
export async function listKeys({ dynamodb: client, workerKeysTable }: Target): Promise<KeyListing> {
  const records: WorkerKeyRecord[] = [];
  const unreadable: string[] = [];
  const pages = paginateScan({ client }, { TableName: workerKeysTable, ConsistentRead: true });
  for await (const { Items: items = [] } of pages) {
    for (const item of items) {
      const record = parseWorkerKey(item);
      if (record === undefined) unreadable.push(item['keyId']?.S ?? '');
      else records.push(record);
    }
  }
  return { records, unreadable };
}

/** @throws UsageError for a key that is not there, or whose record is not of this version's form. */
export async function findKey({ dynamodb, workerKeysTable }: Target, keyId: KeyId): Promise<WorkerKeyRecord> {
  const { Item: item } = await dynamodb.send(
    new GetItemCommand({ TableName: workerKeysTable, Key: { keyId: { S: keyId } }, ConsistentRead: true }),
  );
  if (item === undefined) throw notThere(keyId);
  const record = parseWorkerKey(item);
  if (record !== undefined) return record;
  throw new UsageError(`the record of ${keyId} is not of this version's form, so it lets nobody in: revoke it`);
}

/**
 * Revokes a key, whatever its record looks like.
 *
 * @returns whether it was revoked already.
 * @throws UsageError for a key that is not there.
 */
export async function revokeKey(target: Target, keyId: KeyId): Promise<boolean> {
  const previous = await change(target, keyId, {
    UpdateExpression: 'SET #status = :revoked',
    ConditionExpression: 'attribute_exists(keyId)',
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: { ':revoked': { S: 'revoked' } },
  });
  if (previous === undefined) throw notThere(keyId);
  return previous['status']?.S === 'revoked';
}

/** Lets an active key expire; one that expires sooner, or was revoked meanwhile, is left as it is. */
export async function expireKey(target: Target, keyId: KeyId, expiresAtMs: number): Promise<void> {
  await change(target, keyId, {
    UpdateExpression: 'SET expiresAt = :expiresAt',
    // Times are stored in one form, `toISOString`'s, in which the earlier is the smaller text.
    ConditionExpression: '#status = :active AND (attribute_type(expiresAt, :null) OR expiresAt > :expiresAt)',
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: {
      ':active': { S: 'active' },
      ':null': { S: 'NULL' },
      ':expiresAt': { S: new Date(expiresAtMs).toISOString() },
    },
  });
}

/** @returns the row as it was before; undefined where the condition did not hold. */
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

function notThere(keyId: KeyId): UsageError {
  return new UsageError(`this relay has no key ${keyId}: npm run keys -- list shows those it has`);
}
