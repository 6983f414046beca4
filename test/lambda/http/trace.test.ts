import { expect, it } from 'vitest';

import { Trace } from '../../../lambda/http/trace.ts';

/** A trace on a clock that goes on as it is told. */
function aTrace() {
  let nowMs = 1_000;
  const trace = new Trace(() => nowMs);
  const after = (passedMs: number): Trace => {
    nowMs += passedMs;
    return trace;
  };
  return { trace, after };
}

it('tells how long each step took, up to the next or the end', () => {
  const { trace, after } = aTrace();
  after(1).startStep('authenticate');
  after(20).startStep('forward');
  after(300).startStep('remember');
  expect(after(4_000).endSteps()).toEqual({ authenticate: 20, forward: 300, remember: 4_000 });
  expect(trace.startedAtMs).toBe(1_000);
});

it('adds up a step that was taken twice', () => {
  const { after } = aTrace();
  after(0).startStep('forward');
  after(10).startStep('recall');
  after(200).startStep('forward');
  expect(after(30).endSteps()).toEqual({ forward: 40, recall: 200 });
});

it('goes on with no step once it was left', () => {
  const { after } = aTrace();
  after(0).startStep('authenticate');
  after(10).endSteps();
  expect(after(500).endSteps()).toEqual({ authenticate: 10 });
});

it('has no step before the first', () => {
  expect(aTrace().after(5).endSteps()).toEqual({});
});
