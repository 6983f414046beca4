import type { DescribedKey } from './described-key.ts';

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
  const widths = COLUMNS.map((_column, index) =>
    rows.reduce((width, row) => Math.max(width, (row[index] ?? '').length), 0),
  );
  return rows.map((row) => toLine(row.map((cell, index) => cell.padEnd(widths[index] ?? 0)))).join('');
}

/** A line for each thing that is known of one key. */
export function toBlock(key: DescribedKey): string {
  const width = Math.max(...COLUMNS.map(({ title }) => title.length));
  return COLUMNS.map(({ title, of }) => toLine([title.padEnd(width), of(key)])).join('');
}

function toLine(cells: readonly string[]): string {
  return `${cells.join('  ').trimEnd()}\n`;
}

/** Whoever can write the table must not command the operator's terminal. */
function toPrintable(text: string): string {
  return text.replaceAll(/[^\x20-\x7E]/g, '?');
}

/** Times are stored with milliseconds, which tell nobody anything here. */
function toSeconds(isoTime: string): string {
  return isoTime.replace(/\.\d+Z$/, 'Z');
}
