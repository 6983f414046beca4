import { readFileSync, writeFileSync } from 'node:fs';

import type { Result } from '../result.ts';
import { drawFleetChart, drawStormChart } from './charts.ts';
import { PAGE_TABLES } from './tables.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const PAGE = new URL('capacity.md', DOCS);

/** What docs/capacity.md shows was run with this seed. */
export const PAGE_SEED = 1;

export const PAGE_SCENARIOS: readonly string[] = PAGE_TABLES.flatMap(({ scenarios }) => scenarios);

/** Draws the charts, and writes the tables between their marks in the page. */
export function writePage(results: ReadonlyMap<string, Result>): void {
  const resultOf = (name: string): Result => {
    const result = results.get(name);
    if (result === undefined) throw new Error(`${name} was not run`);
    return result;
  };
  writeFileSync(new URL('capacity-storm.svg', DOCS), drawStormChart(resultOf));
  writeFileSync(new URL('capacity-fleets.svg', DOCS), drawFleetChart(resultOf));
  const page = PAGE_TABLES.reduce(
    (text, { mark, draw }) => replaceBetween(text, mark, draw(resultOf)),
    readFileSync(PAGE, 'utf8'),
  );
  writeFileSync(PAGE, page);
}

function replaceBetween(page: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- ${mark}: begin -->`, `<!-- ${mark}: end -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/capacity.md has no mark "${mark}"`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}
