import { expect, it } from 'vitest';

import { RefusalBudget } from '../../../lambda/log/refusal-budget.ts';
import { NOW } from '../workers/worker-key-records.ts';

const badKey = { code: 'Unauthenticated', reason: 'bad-key' };
const noProof = { code: 'Unauthenticated', reason: 'no-proof' };
const notFound = { code: 'NotFound', reason: 'no route' };

function aBudget() {
  const time = { nowMs: NOW };
  const budget = new RefusalBudget(() => time.nowMs);
  const refuse = (times: number, refusal = badKey) =>
    Array.from({ length: times }, () => budget.tryConsume(refusal)).filter(Boolean).length;
  return { time, budget, refuse };
}

it('writes ten a minute of each reason', () => {
  const { refuse } = aBudget();
  expect(refuse(10)).toBe(10);
  expect(refuse(5)).toBe(0);
  expect(refuse(11, noProof)).toBe(10);
});

it('opens anew a minute after the first, and not before', () => {
  const { time, refuse } = aBudget();
  refuse(1);
  time.nowMs += 59_999;
  expect(refuse(20)).toBe(9);
  time.nowMs += 1;
  expect(refuse(20)).toBe(10);
});

it('gives out what was held once the minute is over, and once', () => {
  const { time, budget, refuse } = aBudget();
  refuse(13);
  refuse(12, noProof);
  refuse(10, notFound);
  time.nowMs += 59_999;
  expect(budget.takeSuppressed()).toEqual([]);
  time.nowMs += 1;
  expect(budget.takeSuppressed()).toEqual([
    { code: 'Unauthenticated', count: 3 },
    { code: 'Unauthenticated', count: 2 },
  ]);
  expect(budget.takeSuppressed()).toEqual([]);
});

it('loses no count to a minute in which nothing was asked for', () => {
  const { time, budget, refuse } = aBudget();
  refuse(12);
  time.nowMs += 60_000;
  refuse(14);
  time.nowMs += 600_000;
  expect(budget.takeSuppressed()).toEqual([
    { code: 'Unauthenticated', count: 2 },
    { code: 'Unauthenticated', count: 4 },
  ]);
});
