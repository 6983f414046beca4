import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

/** One value of a metric, as CloudWatch gets it. */
export interface Datum {
  readonly namespace: string;
  readonly metricName: string;
  /** Another set of dimensions is another metric. */
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly value: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** An alarm's properties. Strict: what is not listed here would not be evaluated. */
export const ALARM = z.strictObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.string()).optional(),
  OKActions: z.array(z.string()).optional(),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.unknown() })).optional(),
  Statistic: z.enum(['Sum', 'Maximum', 'Average']),
  Period: z.number().int().min(60).multipleOf(60),
  Threshold: z.number(),
  DatapointsToAlarm: z.number().int().min(1),
  EvaluationPeriods: z.number().int().min(1),
  ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
  TreatMissingData: z.enum(['notBreaching', 'breaching']),
});

export type Alarm = z.infer<typeof ALARM>;

const STATISTICS: Readonly<Record<Alarm['Statistic'], (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Maximum: (values) => Math.max(...values),
};

/**
 * An alarm's state by the periods that are over, which begin at whole multiples of their length. CloudWatch may look
 * further back than the evaluation periods where data are missing (its guide, "Configuring how CloudWatch alarms treat
 * missing data"); that is left out, so that this fires no sooner.
 */
export function evaluate(alarm: Alarm, data: readonly Datum[], atMs: number): 'ALARM' | 'OK' {
  const periodMs = alarm.Period * 1_000;
  const endsAtMs = Math.floor(atMs / periodMs) * periodMs;
  const own = data.filter(isOf(alarm));
  const breaching = Array.from({ length: alarm.EvaluationPeriods }, (_none, index) => {
    const beforeMs = endsAtMs - index * periodMs;
    const values = own.filter((datum) => datum.atMs >= beforeMs - periodMs && datum.atMs < beforeMs);
    if (values.length === 0) return alarm.TreatMissingData === 'breaching';
    const value = STATISTICS[alarm.Statistic](values.map((datum) => datum.value));
    return alarm.ComparisonOperator === 'LessThanThreshold' ? value < alarm.Threshold : value >= alarm.Threshold;
  });
  return breaching.filter(Boolean).length >= alarm.DatapointsToAlarm ? 'ALARM' : 'OK';
}

function isOf({ Namespace, MetricName, Dimensions = [] }: Alarm): (datum: Datum) => boolean {
  const wanted = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return ({ namespace, metricName, dimensions }) =>
    namespace === Namespace && metricName === MetricName && isDeepStrictEqual(dimensions, wanted);
}
