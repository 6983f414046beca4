import type { Datum } from '../../test/cloudwatch/alarm.ts';

export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A value for each period; undefined where there are no data. */
export type Points = readonly (number | undefined)[];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The value that so many percent of the values do not exceed. */
const percentile =
  (percent: number) =>
  (values: readonly number[]): number =>
    values.toSorted((one, other) => one - other)[Math.ceil((percent / 100) * values.length) - 1] ?? 0;

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Maximum: (values) => Math.max(...values),
  p50: percentile(50),
  p99: percentile(99),
};

export function toPoints(data: readonly Datum[], stat: string, periods: readonly Period[]): Points {
  const apply = STATISTICS[stat];
  if (apply === undefined) throw new Error(`not a known statistic: ${stat}`);
  return periods.map(({ fromMs, toMs }) => {
    const values = data.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ value }) => value);
    return values.length === 0 ? undefined : apply(values);
  });
}

const MINUTE_MS = 60_000;

/** Minutes, as CloudWatch has them: those that are whole, or the one begun if none is. */
export function toPeriods(fromMs: number, toMs: number): readonly Period[] {
  const first = Math.ceil(fromMs / MINUTE_MS);
  const count = Math.floor(toMs / MINUTE_MS) - first;
  const toPeriod = (minute: number): Period => ({ fromMs: minute * MINUTE_MS, toMs: (minute + 1) * MINUTE_MS });
  if (count < 1) return [toPeriod(Math.floor(fromMs / MINUTE_MS))];
  return Array.from({ length: count }, (_none, index) => toPeriod(first + index));
}
