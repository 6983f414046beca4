import { parseWorkerKey } from '../../lambda/aws/worker-key-item.ts';
import { EVENT_NAMES } from '../../operator/key-events.ts';
import { noSuchKey, readKey, type StoredRows } from '../../operator/key-records.ts';
import { toDomainName } from '../../operator/managed-key.ts';
import type { Item } from '../../operator/unchanged.ts';
import { alignColumns } from '../columns.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { parseKeyId } from './key-id.ts';
import { toJsonText, toPrintable } from './printable.ts';

export interface HistoryOptions extends RelayOptions {
  readonly output: 'table' | 'json';
}

interface HistoryEvent {
  readonly event: string;
  /** ISO 8601; null if nobody recorded it. */
  readonly at: string | null;
  /** The ARN of the caller. Version 1 recorded none. */
  readonly actor: string | null;
  /** What else the event says. */
  readonly details: Readonly<Record<string, string | readonly string[]>>;
}

const KNOWN: readonly string[] = EVENT_NAMES;

/** Prints what happened to a key, the first event first. A purged key still has its events. */
export async function history(keyIdText: string, options: HistoryOptions, terminal: Terminal): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const rows = await readKey(await findRelay(options), keyId);
  if (rows.item === undefined && rows.events.length === 0) throw noSuchKey(keyId);
  const events = [...rows.events.map(toEvent), ...toVersion1Events(rows)];
  events.sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : 1));
  await terminal.print(options.output === 'json' ? `${toJsonText(events)}\n` : toTable(events));
}

function toEvent(item: Item): HistoryEvent {
  const event = item['event']?.S ?? '';
  const { label, endsAt, successor, completedAt, domains } = item;
  const texts = Object.entries({ label, endsAt, successor, completedAt }).flatMap(([name, value]) =>
    value?.S === undefined ? [] : [[name, value.S] as const],
  );
  const named = (domains?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [toDomainName(S)]));
  const details = { ...Object.fromEntries(texts), ...(named.length === 0 ? {} : { domains: named }) };
  return { event, at: item['at']?.S ?? null, actor: item['actor']?.S ?? null, details };
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

function toTable(events: readonly HistoryEvent[]): string {
  const rows = events.map(({ event, at, actor, details }) =>
    [at ?? 'unknown', KNOWN.includes(event) ? event : `? ${event}`, actor ?? 'unknown', toText(details)].map(
      toPrintable,
    ),
  );
  return alignColumns([['time', 'event', 'by', 'details'], ...rows])
    .map((line) => `${line}\n`)
    .join('');
}

function toText(details: HistoryEvent['details']): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : value.join(',')}`)
    .join('; ');
}
