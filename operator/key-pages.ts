import { paginateScan } from '@aws-sdk/client-dynamodb';

import { parseWorkerKey } from '../lambda/aws/worker-key-item.ts';
import type { RecordV1 } from '../lambda/workers/key-record.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';

/** A key's row as it was read, and what it says. */
export interface StoredKey {
  readonly item: Item;
  readonly record: RecordV1;
}

/** What DynamoDB reads at once: up to 1 MB, which is some thousands of keys. */
export interface KeyPage {
  readonly keys: readonly StoredKey[];
  /** Ids of records that this version can't read. The relay refuses such keys. */
  readonly unreadable: readonly string[];
}

/** All keys of a relay, page by page, in no order. Each page is read consistently, when the caller asks for it. */
export async function* readKeyPages({ dynamodb: client, workerKeysTable }: Target): AsyncGenerator<KeyPage> {
  const pages = paginateScan({ client }, { TableName: workerKeysTable, ConsistentRead: true });
  for await (const { Items: items = [] } of pages) {
    const keys: StoredKey[] = [];
    const unreadable: string[] = [];
    for (const item of items) {
      const record = parseWorkerKey(item);
      if (record === undefined || 'grant' in record) unreadable.push(item['keyId']?.S ?? '');
      else keys.push({ item, record });
    }
    yield { keys, unreadable };
  }
}
