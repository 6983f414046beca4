import { alignColumns } from '../columns.ts';
import type { DescribedKey } from './described-key.ts';
import { toPrintable } from './printable.ts';

const SEALS: Readonly<Record<DescribedKey['seal'], string>> = {
  intact: 'as it was issued',
  altered: 'ALTERED SINCE IT WAS ISSUED',
  unchecked: 'not checked, because you may not derive secrets',
  unsealed: 'of version 1, so only its domains are bound to its secret',
};

const OTHER_MAC_KEY = 'of a KMS key that this relay does not have, so it lets nobody in';

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
  const rows = COLUMNS.map(({ title, of }) => [title, of(key)]);
  const record = key.macKey === 'other' ? OTHER_MAC_KEY : SEALS[key.seal];
  const macKey = key.macKey === 'earlier' ? [['MAC key', 'the earlier generation']] : [];
  return toLines(alignColumns([...rows, ...toGrantRows(key), ['record', record], ...macKey]));
}

function toGrantRows({ grant }: DescribedKey): string[][] {
  if (grant === null) return [];
  const networks = grant.networks.length === 0 ? 'any' : grant.networks.join(',');
  return [
    ['granted', toPrintable(grant.domains.join(','))],
    ['operations', toPrintable(grant.operations.join(','))],
    ['networks', toPrintable(networks)],
    ['rate', `${grant.rate} heartbeats per second`],
  ];
}

function toLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Times are stored with milliseconds, which tell nobody anything here. */
function toSeconds(isoTime: string): string {
  return isoTime.replace(/\.\d+Z$/, 'Z');
}
