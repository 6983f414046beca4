import type { RecordV1, WorkerKeyRecord } from '../../lambda/workers/key-record.ts';
import { type ManagedKey, toManagedKey } from '../../operator/managed-key.ts';
import type { Item } from '../../operator/unchanged.ts';
import { aRecord } from '../lambda/workers/worker-key-records.ts';

/** A key of either version, with these events. */
export function toManaged(record: WorkerKeyRecord, events: readonly Item[] = []): ManagedKey {
  const key = toManagedKey(record, events);
  if (key === undefined) throw new Error('the events are malformed');
  return key;
}

/** A version 1 key to which nothing has happened. */
export const aManagedKey = (over: Partial<RecordV1> = {}): ManagedKey => toManaged(aRecord(over));
