import { describe, expect, it } from 'vitest';

import { compileMetricFilter } from './metric-filter.ts';

const aFilter = (FilterPattern: string, over: object = {}): unknown => ({
  FilterPattern,
  LogGroupName: 'log',
  MetricTransformations: [
    {
      MetricNamespace: 'Relay',
      MetricName: 'Bad',
      MetricValue: '1',
      Dimensions: [{ Key: 'service', Value: '$.stack' }],
      ...over,
    },
  ],
});

describe('a metric filter', () => {
  const toDatum = compileMetricFilter(aFilter('{ ($.status = "429") && ($.by = "-") }'));

  it('counts a line in which every term holds, under the line’s own dimensions', () => {
    expect(toDatum('{"status":"429","by":"-","stack":"one"}', 7)).toEqual([
      { namespace: 'Relay', metricName: 'Bad', dimensions: { service: 'one' }, value: 1, atMs: 7 },
    ]);
  });

  it.each(['{"status":"429","by":"x"}', '{"status":429,"by":"-"}', '{"by":"-"}', 'text', '429', ''])(
    'does not count %s',
    (line) => {
      expect(toDatum(line, 7)).toEqual([]);
    },
  );

  it.each(['{ ($.status = "4*") }', '{ ($.status = 429) }', '{ ($.a = "1") || ($.b = "2") }', '429', '{  }', ''])(
    'with the pattern %j is refused',
    (pattern) => {
      expect(() => compileMetricFilter(aFilter(pattern))).toThrow('not a pattern of equalities');
    },
  );

  it('with another value or a default is refused', () => {
    expect(() => compileMetricFilter(aFilter('{ ($.a = "1") }', { MetricValue: '$.a' }))).toThrow('MetricValue');
    expect(() => compileMetricFilter(aFilter('{ ($.a = "1") }', { DefaultValue: 0 }))).toThrow('DefaultValue');
  });
});
