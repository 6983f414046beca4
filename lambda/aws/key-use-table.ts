import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import type { KeyId } from '../workers/worker-key.ts';
import { CALL_TIMEOUT_MS } from '../http/deadline.ts';
import { KeyUseDays, type RecordKeyUse } from '../workers/key-use.ts';
import { toAwsFault } from './aws-fault.ts';

/** A year and a month, so that "not once in a year" can be told. */
const KEPT_FOR_SECONDS = 400 * 86_400;

/** Keeps the last day on which each key was seen good, in a table of its own: the function never writes to the keys'. */
export function createRecordKeyUse(client: DynamoDBClient, tableName: string, clock: () => number): RecordKeyUse {
  const days = new KeyUseDays();
  const store = async (keyId: KeyId, day: string, abortSignal: AbortSignal): Promise<void> => {
    try {
      await client.send(toUpdate(tableName, keyId, day), { abortSignal });
    } catch (error) {
      // Another container has noted this day, or a later one.
      if (toAwsFault(error).name === 'ConditionalCheckFailedException') return;
      days.giveBack(keyId, clock());
      throw error;
    }
  };
  return (keyId, deadline) => {
    const day = days.take(keyId, clock());
    return day === undefined ? undefined : store(keyId, day, deadline.signal(CALL_TIMEOUT_MS.table));
  };
}

function toUpdate(tableName: string, keyId: KeyId, day: string): UpdateItemCommand {
  const expiresAtSeconds = Date.parse(day) / 1000 + KEPT_FOR_SECONDS;
  return new UpdateItemCommand({
    TableName: tableName,
    Key: { keyId: { S: keyId } },
    UpdateExpression: 'SET lastSeenOn = :day, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_not_exists(lastSeenOn) OR lastSeenOn < :day',
    ExpressionAttributeValues: { ':day': { S: day }, ':expiresAt': { N: String(expiresAtSeconds) } },
  });
}
