import type { Calls } from '../measure/container.ts';
import type { Measurements } from '../measurements.ts';
import { type Spread, toSpread, type Unit } from '../series.ts';
import type { Target } from '../target.ts';
import { toComparisons, toTargets } from '../targets.ts';

const TARGETS_HEADER = ['', 'measured', 'middle half', 'limit', 'goal'];
const COMPARISONS_HEADER = ['for comparison', 'measured', 'middle half'];
const FIGURES_HEADER = ['', 'median', 'middle half', ''];

/** Formats the tables as Markdown, which is also readable in a terminal. */
export function toTables(measurements: Measurements): string {
  const targets = toTable(TARGETS_HEADER, toTargets(measurements).map(toTargetRow));
  const comparisons = toComparisons(measurements).map(({ what, measured }) => {
    return [what, toThreeDigits(measured.median), toMiddleHalf(measured, toThreeDigits)];
  });
  return [targets, toTable(COMPARISONS_HEADER, comparisons), toFigures(measurements)].join('\n\n');
}

function toTargetRow({ what, measured, must, aim, isA, isExact }: Target): string[] {
  const sign = isA === 'most' ? '≤' : '≥';
  const middleHalf = isExact ? '' : toMiddleHalf(measured, toThreeDigits);
  return [what, toThreeDigits(measured.median), middleHalf, `${sign} ${must}`, `${sign} ${aim}`];
}

function toFigures({ series, container, size }: Measurements): string {
  const rows = series.names().map(({ name, unit }) => {
    const spread = toSpread(series.valuesOf(name));
    const toText = (value: number): string => value.toFixed(DIGITS[unit]);
    return [name, toText(spread.median), toMiddleHalf(spread, toText), unit];
  });
  const { heartbeats, tasks, minutes, calls, pacedCalls, residentBytes } = container;
  const toCallRows = (counts: Calls, kind: string): string[][] =>
    Object.entries(counts).map(([name, count]) => [
      `${name}, in ${heartbeats} ${kind} of ${tasks} tasks over ${minutes} minutes`,
      String(count),
      '',
      'calls',
    ]);
  const callRows = [...toCallRows(calls, 'heartbeats'), ...toCallRows(pacedCalls, 'paced heartbeats')];
  return toTable(FIGURES_HEADER, [
    ...rows,
    ...callRows,
    ['bundle', String(size.bytes), '', 'bytes'],
    ['bundle, gzip', String(size.gzipBytes), '', 'bytes'],
    ['resident memory after 1,000 heartbeats', (residentBytes / 1_000_000).toFixed(0), '', 'MB'],
  ]);
}

const DIGITS: Readonly<Record<Unit, number>> = { ms: 1, µs: 0, '1/s': 0 };

const toThreeDigits = (value: number): string => String(Number(value.toPrecision(3)));

const toMiddleHalf = ({ low, high }: Spread, toText: (value: number) => string): string =>
  `${toText(low)} to ${toText(high)}`;

export function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const toLine = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [toLine(header), rule, ...rows.map(toLine)].join('\n');
}
