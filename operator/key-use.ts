import { type AttributeValue, BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';

import type { KeyId } from '../lambda/workers/worker-key.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

type Row = Record<string, AttributeValue>;

/** What `BatchGetItem` takes at once. */
const MAX_BATCH = 100;

/** The last day (`YYYY-MM-DD`, UTC) on which each of these keys was used, for those that were. */
export async function findLastSeenOf(target: Target, keyIds: readonly KeyId[]): Promise<ReadonlyMap<string, string>> {
  const table = tableOf(target);
  const days = new Map<string, string>();
  for (let from = 0; from < keyIds.length; from += MAX_BATCH) {
    let left: Row[] = keyIds.slice(from, from + MAX_BATCH).map((keyId) => ({ keyId: { S: keyId } }));
    while (left.length > 0) {
      const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left } } });
      const { Responses: found = {}, UnprocessedKeys: unprocessed = {} } = await target.dynamodb.send(command);
      for (const { keyId, lastSeenOn } of found[table] ?? []) {
        if (keyId?.S !== undefined && lastSeenOn?.S !== undefined) days.set(keyId.S, lastSeenOn.S);
      }
      left = unprocessed[table]?.Keys ?? [];
    }
  }
  return days;
}

/** @returns undefined if the key was never used. */
export async function findLastSeen(target: Target, keyId: KeyId): Promise<string | undefined> {
  const command = new GetItemCommand({ TableName: tableOf(target), Key: { keyId: { S: keyId } } });
  const { Item: row } = await target.dynamodb.send(command);
  return row?.['lastSeenOn']?.S;
}

function tableOf({ keyUseTable, stackName }: Target): string {
  if (keyUseTable !== undefined) return keyUseTable;
  throw new UsageError(`${stackName} does not record yet when its keys are used: deploy this version first`);
}
