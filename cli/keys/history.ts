import { EVENT_NAMES } from '../../operator/key-events.ts';
import { type HistoryEvent, readHistory, UNFINISHED_PURGE } from '../../operator/key-history.ts';
import { alignColumns } from '../columns.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { parseKeyId } from './key-id.ts';
import { toPrintable } from './printable.ts';
import { toJson } from '../json.ts';

export interface HistoryOptions extends RelayOptions {
  readonly output: 'table' | 'json';
}

const KNOWN: ReadonlySet<string> = new Set([...EVENT_NAMES, UNFINISHED_PURGE]);

export async function history(keyIdText: string, options: HistoryOptions, terminal: Terminal): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const events = await readHistory(await findRelay(options), keyId);
  await terminal.print(options.output === 'json' ? `${toJson(events)}\n` : toTable(events));
}

function toTable(events: readonly HistoryEvent[]): string {
  const rows = events.map(({ event, at, actor, details }) =>
    [at ?? 'unknown', KNOWN.has(event) ? event : `? ${event}`, actor ?? 'unknown', toText(details)].map(toPrintable),
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
