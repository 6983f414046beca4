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
  after(1).enter('authenticate');
  after(20).enter('forward');
  after(300).enter('remember');
  expect(after(4_000).leave()).toEqual({ authenticate: 20, forward: 300, remember: 4_000 });
  expect(trace.startedAtMs).toBe(1_000);
});

it('adds up a step that was taken twice', () => {
  const { after } = aTrace();
  after(0).enter('forward');
  after(10).enter('recall');
  after(200).enter('forward');
  expect(after(30).leave()).toEqual({ forward: 40, recall: 200 });
});

it('goes on with no step once it was left', () => {
  const { after } = aTrace();
  after(0).enter('authenticate');
  after(10).leave();
  expect(after(500).leave()).toEqual({ authenticate: 10 });
});

it('has no step before the first', () => {
  expect(aTrace().after(5).leave()).toEqual({});
});
