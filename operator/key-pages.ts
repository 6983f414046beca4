import { paginateScan } from '@aws-sdk/client-dynamodb';

import { parseWorkerKey } from '../lambda/aws/worker-key-item.ts';
import type { WorkerKeyRecord } from '../lambda/workers/key-record.ts';
import { readEventsOf } from './key-events.ts';
import { type ManagedKey, toManagedKey } from './managed-key.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';

/** A key's row as it was read, and what it says. */
export interface StoredKey {
  readonly item: Item;
  readonly key: ManagedKey;
}

/** What DynamoDB reads at once: up to 1 MB, which is some thousands of keys. */
export interface KeyPage {
  readonly keys: readonly StoredKey[];
  /** Ids of records that this version can't read. The relay refuses such keys. */
  readonly unreadable: readonly string[];
}

/** All keys of a relay, page by page, in no order. Each page is read consistently, when the caller asks for it. */
export async function* readKeyPages(target: Target): AsyncGenerator<KeyPage> {
  const { dynamodb: client, workerKeysTable } = target;
  const pages = paginateScan({ client }, { TableName: workerKeysTable, ConsistentRead: true });
  for await (const { Items: items = [] } of pages) yield await toPage(target, items);
}

async function toPage(target: Target, items: readonly Item[]): Promise<KeyPage> {
  const records: { readonly item: Item; readonly record: WorkerKeyRecord }[] = [];
  const unreadable: string[] = [];
  for (const item of items) {
    const record = parseWorkerKey({ ...item });
    if (record === undefined) unreadable.push(item['keyId']?.S ?? '');
    else records.push({ item, record });
  }
  const keyIds = records.map(({ record }) => record.keyId);
  const events = await readEventsOf(target, keyIds);
  const keys: StoredKey[] = [];
  for (const { item, record } of records) {
    const key = toManagedKey(record, events.get(record.keyId) ?? []);
    if (key === undefined) unreadable.push(record.keyId);
    else keys.push({ item, key });
  }
  return { keys, unreadable };
}
