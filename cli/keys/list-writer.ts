import type { DescribedKey } from './described-key.ts';
import { toJson } from '../json.ts';
import { KeyTable } from './table.ts';

/** Writes a list whose end is not known yet. */
export interface ListWriter {
  readonly toText: (page: readonly DescribedKey[]) => string;
  /** What follows the last page. */
  readonly end: string;
}

export function createListWriter(output: 'table' | 'json'): ListWriter {
  if (output === 'table') {
    const table = new KeyTable();
    return { toText: (page) => table.toText(page), end: '' };
  }
  let separator = '[';
  const toText = (page: readonly DescribedKey[]): string =>
    page
      .map((key) => {
        const text = `${separator}${toJson(key)}`;
        separator = ',\n';
        return text;
      })
      .join('');
  return {
    toText,
    get end() {
      return separator === '[' ? '[]\n' : ']\n';
    },
  };
}
