import { alignColumns } from '../columns.ts';
import type { DescribedKey } from './described-key.ts';
import { toPrintable } from './printable.ts';

const COLUMNS: readonly { readonly title: string; readonly of: (key: DescribedKey) => string }[] = [
  { title: 'key id', of: ({ keyId }) => keyId },
  { title: 'label', of: ({ label }) => toPrintable(label) },
  { title: 'domains', of: ({ domains }) => toPrintable(domains.join(',')) },
  { title: 'status', of: ({ status }) => status },
  { title: 'created', of: ({ createdAt }) => toPrintable(toSeconds(createdAt)) },
  { title: 'expires', of: ({ expiresAt }) => (expiresAt === null ? 'never' : toSeconds(expiresAt)) },
  { title: 'last seen', of: ({ lastSeenOn }) => toPrintable(lastSeenOn ?? '-') },
];

/** A line for each key, under a line of titles. */
export function toTable(keys: readonly DescribedKey[]): string {
  const rows = [COLUMNS.map(({ title }) => title), ...keys.map((key) => COLUMNS.map(({ of }) => of(key)))];
  return toLines(alignColumns(rows));
}

/** A line for each thing that is known of one key. */
export function toBlock(key: DescribedKey): string {
  return toLines(alignColumns(COLUMNS.map(({ title, of }) => [title, of(key)])));
}

function toLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Times are stored with milliseconds, which tell nobody anything here. */
function toSeconds(isoTime: string): string {
  return isoTime.replace(/\.\d+Z$/, 'Z');
}
