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

/** A line for each key, under a line of titles. Keys may come in pages: columns only grow. */
export class KeyTable {
  readonly #widths: number[] = [];
  #titles: readonly (readonly string[])[] = [COLUMNS.map(({ title }) => title)];

  toText(page: readonly DescribedKey[]): string {
    const rows = page.map((key) => COLUMNS.map(({ of }) => of(key)));
    const lines = alignColumns([...this.#titles, ...rows], this.#widths);
    this.#titles = [];
    return toLines(lines);
  }
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
