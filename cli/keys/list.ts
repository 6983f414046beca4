import { listKeys } from '../../operator/key-records.ts';
import { listLastSeen } from '../../operator/key-use.ts';
import { parseDuration } from '../expiry.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { describeKey, isListed, type KeyFilter } from './described-key.ts';
import { toTable } from './table.ts';

export interface ListOptions extends RelayOptions, Pick<KeyFilter, 'label' | 'domain' | 'status'> {
  readonly unusedFor?: string;
  readonly output: 'table' | 'json';
}

export async function list(options: ListOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const { label, domain, status, unusedFor, output } = options;
  const unusedSinceMs = unusedFor === undefined ? undefined : nowMs - parseDuration('--unused-for', unusedFor);
  const relay = await findRelay(options);
  const [{ records, unreadable }, lastSeen] = await Promise.all([listKeys(relay), listLastSeen(relay)]);
  const keys = records
    .map((record) => describeKey(record, lastSeen.get(record.keyId), nowMs))
    .filter((key) => isListed(key, { label, domain, status, unusedSinceMs }))
    .sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
  await terminal.print(output === 'json' ? `${JSON.stringify(keys)}\n` : toTable(keys));
  if (unreadable.length > 0) {
    terminal.warn(
      `records in a format that this version does not write, so they let nobody in: ${unreadable.join(', ')}\n`,
    );
  }
}
