import type { Measurements } from '../measurements.ts';
import { type Spread, toSpread, type Unit } from '../series.ts';
import { type Target, toBeside, toTargets } from '../targets.ts';

const HEAD_OF_TARGETS = ['', 'measured', 'middle half', 'must', 'aim'];
const HEAD_OF_BESIDE = ['beside', 'measured', 'middle half'];
const HEAD_OF_FIGURES = ['', 'median', 'middle half', ''];

/** As Markdown, which can be read as it is as well. */
export function toTables(measurements: Measurements): string {
  const targets = toTable(HEAD_OF_TARGETS, toTargets(measurements).map(toTargetRow));
  const beside = toBeside(measurements).map(({ what, measured }) => {
    return [what, toShort(measured.median), toHalf(measured, toShort)];
  });
  return [targets, toTable(HEAD_OF_BESIDE, beside), toFigures(measurements)].join('\n\n');
}

function toTargetRow({ what, measured, must, aim, isA, isExact }: Target): string[] {
  const sign = isA === 'most' ? '≤' : '≥';
  const half = isExact ? '' : toHalf(measured, toShort);
  return [what, toShort(measured.median), half, `${sign} ${must}`, `${sign} ${aim}`];
}

function toFigures({ series, container, size }: Measurements): string {
  const rows = series.names().map(({ name, unit }) => {
    const spread = toSpread(series.valuesOf(name));
    const toText = (value: number): string => value.toFixed(DIGITS[unit]);
    return [name, toText(spread.median), toHalf(spread, toText), unit];
  });
  const { heartbeats, tasks, minutes, calls, residentBytes } = container;
  const counted = Object.entries(calls).map(([name, count]) => [
    `${name}, in ${heartbeats} heartbeats of ${tasks} tasks and ${minutes} minutes`,
    String(count),
    '',
    'calls',
  ]);
  return toTable(HEAD_OF_FIGURES, [
    ...rows,
    ...counted,
    ['bundle', String(size.bytes), '', 'bytes'],
    ['bundle, gzip', String(size.gzipBytes), '', 'bytes'],
    ['resident memory after 1,000 heartbeats', (residentBytes / 1_000_000).toFixed(0), '', 'MB'],
  ]);
}

const DIGITS: Readonly<Record<Unit, number>> = { ms: 1, µs: 0, '1/s': 0 };

const toShort = (value: number): string => String(Number(value.toPrecision(3)));

const toHalf = ({ low, high }: Spread, toText: (value: number) => string): string =>
  `${toText(low)} to ${toText(high)}`;

export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const toLine = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [toLine(head), rule, ...rows.map(toLine)].join('\n');
}
