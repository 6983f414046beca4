import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { ProfileRow } from '../measure/profile.ts';
import type { Measurements } from '../measurements.ts';
import { toChart } from './chart.ts';
import { toTable, toTables } from './table.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const CHART = fileURLToPath(new URL('../../docs/performance.svg', import.meta.url));

/** Draws the chart and writes a run's tables between their marks in the document. */
export function writeRun(measurements: Measurements, nowMs: number): void {
  writeFileSync(CHART, toChart(measurements.series));
  const [cpu] = cpus();
  const date = new Date(nowMs).toISOString().slice(0, 10);
  const where = `${date}, Node ${process.versions.node}, ${cpus().length} cores of ${cpu?.model ?? 'an unknown model'}.`;
  replaceBetween('run', `${where}\n\n${toTables(measurements)}`);
}

export function writeProfile(rows: readonly ProfileRow[]): void {
  replaceBetween('profile', toProfileTable(rows));
}

/** Omits shares below one percent. */
export function toProfileTable(rows: readonly ProfileRow[]): string {
  const shown = rows.filter(({ share }) => share >= 0.01);
  return toTable(
    ['area', 'share'],
    shown.map(({ area, share }) => [area, `${(share * 100).toFixed(1)} %`]),
  );
}

function replaceBetween(mark: string, text: string): void {
  const [begin, end] = [`<!-- ${mark}: begin -->`, `<!-- ${mark}: end -->`];
  const document = readFileSync(DOCUMENT, 'utf8');
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/performance.md has no mark "${mark}"`);
  writeFileSync(DOCUMENT, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}
