import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

import type { Item } from './unchanged.ts';

/** What `BatchGetItem` takes at once. */
const MAX_BATCH = 100;

export interface BatchRead {
  readonly tableName: string;
  /** Primary keys, each once. */
  readonly keys: readonly Record<string, AttributeValue>[];
  readonly isConsistent: boolean;
}

/** Reads any number of rows of a table. What DynamoDB leaves undone is asked for again. */
export async function readBatch(client: DynamoDBClient, { tableName, keys, isConsistent }: BatchRead): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < keys.length; from += MAX_BATCH) {
    let left = keys.slice(from, from + MAX_BATCH);
    while (left.length > 0) {
      const request = { Keys: left, ConsistentRead: isConsistent };
      const command = new BatchGetItemCommand({ RequestItems: { [tableName]: request } });
      const { Responses: found = {}, UnprocessedKeys: unprocessed = {} } = await client.send(command);
      items.push(...(found[tableName] ?? []));
      left = unprocessed[tableName]?.Keys ?? [];
    }
  }
  return items;
}
