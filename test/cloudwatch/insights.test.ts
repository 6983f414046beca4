import { describe, expect, it } from 'vitest';

import { runQuery } from './insights.ts';

const LINES = [
  '{"code":"Used","key":"one","count":1,"domain":"orders"}',
  '{"code":"Used","key":"two","count":5,"domain":"orders"}',
  '{"code":"Other","key":"one","count":100}',
  '{"code":"Used","key":"one","count":2,"domain":"billing"}',
];

describe('a query', () => {
  it('filters, aggregates, sorts and limits', () => {
    const query = [
      "filter code = 'Used'",
      'stats sum(`count`) as requests, latest(domain) as last, count_distinct(domain) as domains by key',
      'sort requests desc',
      'limit 1',
    ];
    expect(runQuery(query.join('\n| '), LINES)).toEqual([{ key: 'two', requests: 5, last: 'orders', domains: 1 }]);
    expect(runQuery(query.slice(0, 3).join('\n| '), LINES)).toMatchObject([
      {},
      { key: 'one', last: 'billing', domains: 2 },
    ]);
  });

  it.each(["filter code like 'U'", 'sort key', 'fields key', 'limit x'])('with %j is refused', (query) => {
    expect(() => runQuery(query, LINES)).toThrow('not a known command');
  });

  it('with another function is refused', () => {
    expect(() => runQuery('stats pct(count, 99) as p by key', LINES)).toThrow('not a known column');
  });
});
