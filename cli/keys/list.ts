import type { RecordV1 } from '../../lambda/workers/key-record.ts';
import { readKeyPages } from '../../operator/key-pages.ts';
import { findLastSeenOf } from '../../operator/key-use.ts';
import type { Target } from '../../operator/target.ts';
import { parseDuration } from '../expiry.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { type DescribedKey, describeKey, isListed, type KeyFilter } from './described-key.ts';
import { createListWriter } from './list-writer.ts';
import { toPrintable } from './printable.ts';

export interface ListOptions extends RelayOptions, Pick<KeyFilter, 'label' | 'domain' | 'status'> {
  readonly unusedFor?: string;
  readonly output: 'table' | 'json';
}

/** Prints each page of keys before it reads the next one, so that a table of any size needs the memory of a page. */
export async function list(options: ListOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const { label, domain, status, unusedFor, output } = options;
  const unusedSinceMs = unusedFor === undefined ? undefined : nowMs - parseDuration('--unused-for', unusedFor);
  const relay = await findRelay(options);
  const writer = createListWriter(output);
  const unknown: string[] = [];
  for await (const { keys, unreadable } of readKeyPages(relay)) {
    const records = keys.map(({ record }) => record);
    const described = await describePage(relay, records, { label, domain, status, unusedSinceMs }, nowMs);
    await terminal.print(writer.toText(described));
    unknown.push(...unreadable);
  }
  await terminal.print(writer.end);
  if (unknown.length > 0) {
    terminal.warn(
      `records in a format that this version does not write, so they let nobody in: ${unknown.map(toPrintable).join(', ')}\n`,
    );
  }
}

/** The oldest first. The days of use are read only for keys that pass the other filters. */
async function describePage(
  relay: Target,
  records: readonly RecordV1[],
  filter: KeyFilter,
  nowMs: number,
): Promise<readonly DescribedKey[]> {
  const others = { ...filter, unusedSinceMs: undefined };
  const wanted = records.filter((record) => isListed(describeKey(record, undefined, nowMs), others));
  const lastSeen = await findLastSeenOf(
    relay,
    wanted.map(({ keyId }) => keyId),
  );
  return wanted
    .map((record) => describeKey(record, lastSeen.get(record.keyId), nowMs))
    .filter((key) => isListed(key, filter))
    .sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}
