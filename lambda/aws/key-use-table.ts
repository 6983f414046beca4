import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import type { KeyId } from '../workers/worker-key.ts';
import { CALL_TIMEOUT_MS } from '../http/deadline.ts';
import { KeyUseTracker, type RecordKeyUse } from '../workers/key-use.ts';
import { toAwsFault } from './aws-fault.ts';

/** A year and a month, so that operators can find keys that nobody has used for a year. */
const ROW_TTL_SECONDS = 400 * 86_400;

/** Stores the last day of use of each key, in its own table: the function may not write to the worker keys. */
export function createRecordKeyUse(client: DynamoDBClient, tableName: string, clock: () => number): RecordKeyUse {
  const tracker = new KeyUseTracker();
  const store = async (keyId: KeyId, day: string, abortSignal: AbortSignal): Promise<void> => {
    try {
      await client.send(toUpdate(tableName, keyId, day), { abortSignal });
    } catch (error) {
      // Another container has stored this day or a later one.
      if (toAwsFault(error).name === 'ConditionalCheckFailedException') return;
      tracker.releaseWrite(keyId, clock());
      throw error;
    }
  };
  return (keyId, deadline) => {
    const day = tracker.claimWrite(keyId, clock());
    return day === undefined ? undefined : store(keyId, day, deadline.signal(CALL_TIMEOUT_MS.table));
  };
}

function toUpdate(tableName: string, keyId: KeyId, day: string): UpdateItemCommand {
  const expiresAtSeconds = Date.parse(day) / 1000 + ROW_TTL_SECONDS;
  return new UpdateItemCommand({
    TableName: tableName,
    Key: { keyId: { S: keyId } },
    UpdateExpression: 'SET lastSeenOn = :day, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_not_exists(lastSeenOn) OR lastSeenOn < :day',
    ExpressionAttributeValues: { ':day': { S: day }, ':expiresAt': { N: String(expiresAtSeconds) } },
  });
}
