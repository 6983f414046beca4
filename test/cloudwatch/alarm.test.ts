import { describe, expect, it } from 'vitest';

import { ALARM, type Alarm, type Datum, evaluate } from './alarm.ts';

const START = Date.UTC(2026, 10, 22, 8);
const MINUTE_MS = 60_000;

const anAlarm = (over: Partial<Alarm> = {}): Alarm => ({
  AlarmName: 'Relay-Bad',
  AlarmDescription: 'It is bad.',
  Namespace: 'Relay',
  MetricName: 'Bad',
  Dimensions: [{ Name: 'service', Value: 'one' }],
  Statistic: 'Sum',
  Period: 60,
  Threshold: 1,
  DatapointsToAlarm: 1,
  EvaluationPeriods: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  ...over,
});

const aDatum = (atMs: number, over: Partial<Datum> = {}): Datum => ({
  namespace: 'Relay',
  metricName: 'Bad',
  dimensions: { service: 'one' },
  value: 1,
  atMs,
  ...over,
});

/** A character a minute: a value, or `.` for none. */
const minutes = (pattern: string): Datum[] =>
  pattern
    .split('')
    .flatMap((character, index) =>
      character === '.' ? [] : [aDatum(START + index * MINUTE_MS, { value: Number(character) })],
    );

describe('an alarm', () => {
  it.each([
    { of: '1 of 1', series: '1', state: 'ALARM' },
    { of: '1 of 1', series: '0', state: 'OK' },
    { of: '1 of 1', series: '1.', state: 'OK' },
    { of: '2 of 2', series: '11', state: 'ALARM' },
    { of: '2 of 2', series: '1.', state: 'OK' },
    { of: '3 of 5', series: '1.1.1', state: 'ALARM' },
    { of: '3 of 5', series: '1.1.1.', state: 'OK' },
    { of: '3 of 5', series: '11...', state: 'OK' },
    { of: '3 of 5', series: '', state: 'OK' },
  ])('of $of minutes after "$series" is in $state', ({ of, series, state }) => {
    const [DatapointsToAlarm = 0, EvaluationPeriods = 0] = of.split(' of ').map(Number);
    const atMs = START + series.length * MINUTE_MS;
    expect(evaluate(anAlarm({ DatapointsToAlarm, EvaluationPeriods }), minutes(series), atMs)).toBe(state);
  });

  it('does not look at a period before it is over', () => {
    const data = [aDatum(START)];
    expect(evaluate(anAlarm(), data, START + MINUTE_MS - 1)).toBe('OK');
    expect(evaluate(anAlarm(), data, START + MINUTE_MS)).toBe('ALARM');
  });

  it.each([
    { Statistic: 'Sum' as const, Threshold: 3, state: 'ALARM' },
    { Statistic: 'Sum' as const, Threshold: 4, state: 'OK' },
    { Statistic: 'Maximum' as const, Threshold: 2, state: 'ALARM' },
    { Statistic: 'Maximum' as const, Threshold: 3, state: 'OK' },
    { Statistic: 'Average' as const, Threshold: 1.5, state: 'ALARM' },
    { Statistic: 'Average' as const, Threshold: 1.6, state: 'OK' },
  ])('takes the $Statistic of a period, 1 and 2 against $Threshold: $state', ({ state, ...over }) => {
    const data = [aDatum(START), aDatum(START + 299_999, { value: 2 })];
    expect(evaluate(anAlarm({ Period: 300, ...over }), data, START + 300_000)).toBe(state);
  });

  it.each([
    { given: 'another namespace', over: { namespace: 'Other' } },
    { given: 'another name', over: { metricName: 'Other' } },
    { given: 'another value of a dimension', over: { dimensions: { service: 'other' } } },
    { given: 'a dimension more', over: { dimensions: { service: 'one', more: 'x' } } },
    { given: 'no dimension', over: { dimensions: {} } },
  ])('does not look at $given', ({ over }) => {
    expect(evaluate(anAlarm(), [aDatum(START, over)], START + MINUTE_MS)).toBe('OK');
  });

  it.each([
    { given: 'another statistic', over: { Statistic: 'Minimum' } },
    { given: 'another comparison', over: { ComparisonOperator: 'GreaterThanThreshold' } },
    { given: 'another meaning of missing data', over: { TreatMissingData: 'ignore' } },
    { given: 'an expression', over: { Metrics: [] } },
  ])('with $given is not evaluated at all', ({ over }) => {
    expect(ALARM.safeParse({ ...anAlarm(), ...over }).success).toBe(false);
  });
});
