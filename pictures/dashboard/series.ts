import { z } from 'zod';

import type { Datum } from '../../test/cloudwatch/alarm.ts';
import { type Period, type Points, toPoints } from './points.ts';

/** A line of a graph. */
export interface Series {
  readonly label: string;
  readonly axis: 'left' | 'right';
  readonly points: Points;
}

const OPTIONS = {
  label: z.string().optional(),
  period: z.literal(60),
  yAxis: z.enum(['left', 'right']).default('left'),
};
const METRIC_OPTIONS = z.strictObject({
  ...OPTIONS,
  id: z.string().optional(),
  visible: z.boolean().default(true),
  stat: z.string().default('Average'),
});
const EXPRESSION = z.tuple([z.strictObject({ ...OPTIONS, expression: z.string() })]);

interface Metric extends z.infer<typeof METRIC_OPTIONS> {
  readonly metricName: string;
  readonly points: Points;
}

/** The dashboard has an expression that nobody taught this file. */
export class UnknownExpressionError extends Error {
  override readonly name = 'UnknownExpressionError';
}

/** What a graph shows of the data. @throws UnknownExpressionError */
export function toSeries(
  rows: readonly (readonly unknown[])[],
  data: readonly Datum[],
  periods: readonly Period[],
): readonly Series[] {
  const metrics = rows.flatMap((row) => (typeof row[0] === 'string' ? [toMetric(row, data, periods)] : []));
  const byId = new Map(metrics.map((metric) => [metric.id, metric.points]));
  const own = [...metrics];
  return rows.flatMap((row): readonly Series[] => {
    if (typeof row[0] === 'string') return toOwnSeries(own.shift());
    const [{ expression, label, yAxis: axis }] = EXPRESSION.parse(row);
    return evaluate(expression, { byId, data, periods }).map(({ label: found, points }) => ({
      label: label ?? found,
      axis,
      points,
    }));
  });
}

function toMetric(row: readonly unknown[], data: readonly Datum[], periods: readonly Period[]): Metric {
  const names = row.slice(0, -1).map((part) => z.string().parse(part));
  const [namespace = '', metricName = '', ...pairs] = names;
  const options = METRIC_OPTIONS.parse(row.at(-1));
  const dimensions = Object.fromEntries(
    pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1]]] : [])),
  );
  const wanted = JSON.stringify(dimensions);
  const own = data.filter(
    (datum) =>
      datum.namespace === namespace && datum.metricName === metricName && JSON.stringify(datum.dimensions) === wanted,
  );
  return { ...options, metricName, points: toPoints(own, options.stat, periods) };
}

function toOwnSeries(metric: Metric | undefined): readonly Series[] {
  if (metric?.visible !== true) return [];
  const { label, metricName, stat, yAxis: axis, points } = metric;
  return [{ label: label ?? (/^p\d+$/.test(stat) ? `${metricName} ${stat}` : metricName), axis, points }];
}

interface Context {
  readonly byId: ReadonlyMap<string | undefined, Points>;
  readonly data: readonly Datum[];
  readonly periods: readonly Period[];
}

type Found = Pick<Series, 'label' | 'points'>;

/** The forms that the dashboard uses. */
const FORMS: readonly (readonly [
  RegExp,
  (groups: Readonly<Record<string, string>>, context: Context) => readonly Found[],
])[] = [
  [
    /^(?<id>\w+) \/ PERIOD\(\k<id>\)$/,
    ({ id }, { byId, periods }) => [{ label: '', points: perSecond(byId.get(id) ?? [], periods) }],
  ],
  [
    /^100 \* (?<part>\w+) \/ \(\k<part> \+ (?<rest>\w+)\)$/,
    ({ part, rest }, { byId }) => [{ label: '', points: toShares(byId.get(part) ?? [], byId.get(rest) ?? []) }],
  ],
  [
    /^100 \* \((?<all>\w+) - (?<refused>\w+) - (?<failed>\w+)\) \/ \k<all>$/,
    ({ all, refused, failed }, { byId }) => [
      { label: '', points: toRests(byId.get(all) ?? [], byId.get(refused) ?? [], byId.get(failed) ?? []) },
    ],
  ],
  [
    /^SUM\(SEARCH\('(?<query>[^']*)', 'Sum', 60\)\) \/ 60$/,
    ({ query = '' }, { data, periods }) => [
      { label: '', points: perSecond(toPoints(data.filter(isFoundBy(query)), 'Sum', periods), periods) },
    ],
  ],
  [
    /^SEARCH\('(?<query>[^']*)', 'Sum', 60\)$/,
    ({ query = '' }, { data, periods }) =>
      [...Map.groupBy(data.filter(isFoundBy(query)), toLabel)].map(([label, found]) => ({
        label,
        points: toPoints(found, 'Sum', periods),
      })),
  ],
];

function evaluate(expression: string, context: Context): readonly Found[] {
  for (const [form, toFound] of FORMS) {
    const groups = form.exec(expression)?.groups;
    if (groups !== undefined) return toFound(groups, context);
  }
  throw new UnknownExpressionError(`the dashboard picture cannot draw ${expression}`);
}

const perSecond = (points: Points, periods: readonly Period[]): Points =>
  points.map((value, index) => {
    const { fromMs = 0, toMs = 1 } = periods[index] ?? {};
    return value === undefined ? undefined : value / ((toMs - fromMs) / 1_000);
  });

const toShares = (parts: Points, rests: Points): Points =>
  parts.map((part, index) => {
    const rest = rests[index];
    return part === undefined || rest === undefined || part + rest === 0 ? undefined : (100 * part) / (part + rest);
  });

/** What is left of the whole, in percent. CloudWatch has no value where one of the metrics has none. */
const toRests = (wholes: Points, ...parts: readonly Points[]): Points =>
  wholes.map((whole, index) => {
    const taken = parts.map((part) => part[index]);
    if (whole === undefined || whole === 0) return undefined;
    return taken.reduce<number | undefined>(
      (rest, part) => (rest === undefined || part === undefined ? undefined : rest - (100 * part) / whole),
      100,
    );
  });

/** `{Namespace,dimension} dimension="value"`, or `Namespace="…" dimension="…" MetricName="…"`. */
function isFoundBy(query: string): (datum: Datum) => boolean {
  const schema = /^\{(?<namespace>[^,}]+),\w+\}/.exec(query)?.groups?.['namespace'];
  const terms = [...query.matchAll(/(?<name>\w+)="(?<value>[^"]*)"/g)].map(({ groups }) => groups ?? {});
  return ({ namespace, metricName, dimensions }) => {
    const members: Readonly<Record<string, unknown>> = { ...dimensions, Namespace: namespace, MetricName: metricName };
    return (
      (schema === undefined || schema === namespace) && terms.every(({ name = '', value }) => members[name] === value)
    );
  };
}

function toLabel({ metricName, dimensions: { Domain: domain } }: Datum): string {
  return typeof domain === 'string' ? domain : metricName;
}
