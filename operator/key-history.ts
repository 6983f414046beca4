import { parseWorkerKey } from '../lambda/aws/worker-key-item.ts';
import type { KeyId } from '../lambda/workers/worker-key.ts';
import { noSuchKey, readKey, type StoredRows } from './key-records.ts';
import { toDomainName } from './managed-key.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';

export interface HistoryEvent {
  /** `issued`, `ends`, `rotated`, `revoked`, `purged`, or `purge begun` while the record is still there. */
  readonly event: string;
  /** ISO 8601; null if nobody recorded it. */
  readonly at: string | null;
  /** The ARN of the caller. Version 1 recorded none. */
  readonly actor: string | null;
  /** What else the event says. */
  readonly details: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * What happened to a key, the first event first. A purged key still has its events.
 *
 * @throws UsageError for a key that never was.
 */
export async function readHistory(target: Target, keyId: KeyId): Promise<readonly HistoryEvent[]> {
  const rows = await readKey(target, keyId);
  if (rows.item === undefined && rows.events.length === 0) throw noSuchKey(keyId);
  const events = [...rows.events.map((item) => toEvent(item, rows)), ...toVersion1Events(rows)];
  return events.sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : 1));
}

/** A purge leaves a record that is changed meanwhile. */
export const UNFINISHED_PURGE = 'purge begun';

function toEvent(item: Item, { item: record }: StoredRows): HistoryEvent {
  const stored = item['event']?.S ?? '';
  const event = stored === 'purged' && record !== undefined ? UNFINISHED_PURGE : stored;
  const { label, endsAt, successor, completedAt, domains, revokedAt, revokedBy } = item;
  const texts = Object.entries({ label, endsAt, successor, completedAt }).flatMap(([name, value]) =>
    value?.S === undefined ? [] : [[name, value.S] as const],
  );
  const named = (domains?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [toDomainName(S)]));
  const details = { ...Object.fromEntries(texts), ...(named.length === 0 ? {} : { domains: named }) };
  // Only here: whoever may revoke keys can add the two to other events.
  const { at, actor } = event === 'revoked' ? { at: revokedAt, actor: revokedBy } : item;
  return { event, at: at?.S ?? null, actor: actor?.S ?? null, details };
}

/** Version 1 wrote into the record when a key was issued and revoked, but not by whom. */
function toVersion1Events({ item, events }: StoredRows): HistoryEvent[] {
  const record = item === undefined ? undefined : parseWorkerKey({ ...item });
  if (record === undefined || 'grant' in record) return [];
  const { label, domains, createdAt, status, revokedAtMs } = record;
  const issued = { event: 'issued', at: createdAt, actor: null, details: { label, domains } };
  const isRecorded = events.some(({ event }) => event?.S === 'revoked');
  if (status === 'active' || isRecorded) return [issued];
  const at = revokedAtMs === undefined ? null : new Date(revokedAtMs).toISOString();
  return [issued, { event: 'revoked', at, actor: null, details: {} }];
}
