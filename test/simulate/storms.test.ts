import { describe, expect, it } from 'vitest';

import { type Result, toResult } from '../../simulate/result.ts';
import { runScenario } from '../../simulate/run.ts';
import { scaleDown } from '../../simulate/scale.ts';
import { findScenario } from '../../simulate/scenarios/all.ts';

/** Small enough for a quick test: 400 tasks and a quota of 3.2 a second instead of 20,000 and 160. */
const SCALE = 50;

/** More than two timeouts of most tasks. */
const MINUTES = 12;

/** Where pressure has settled. */
const EVENT_AT_SECONDS = 400;

function simulate(name: string, seed = 1, due?: Parameters<typeof runScenario>[2]): Result {
  const { outage, restartAtSeconds, ...full } = findScenario(name);
  const scenario = {
    ...scaleDown(full, SCALE),
    minutes: MINUTES,
    ...(outage === undefined ? {} : { outage: { ...outage, atSeconds: EVENT_AT_SECONDS } }),
    ...(restartAtSeconds === undefined ? {} : { restartAtSeconds: EVENT_AT_SECONDS }),
  };
  return toResult(scenario, seed, runScenario(scenario, seed, due));
}

const lost = ({ groups }: Result): number | undefined => groups[0]?.lostTasks;

describe('no task is lost', () => {
  it.each([
    'storm',
    'storm-sync',
    'minute',
    'long',
    'sixth',
    'few',
    'few-unpaced',
    'restart',
    'low-quota',
    'fleet-139-quiet',
    'fleet-40-quarter',
    'fleet-100-quarter',
  ])('%s', (name) => {
    expect(lost(simulate(name))).toBe(0);
  });
});

describe('a cancel request is heard', () => {
  it.each([
    { name: 'few', withinSeconds: 300 / 3 + 10 },
    { name: 'storm', withinSeconds: (2 * 300) / 3 + 10 },
    { name: 'minute', withinSeconds: (2 * 60) / 3 + 5 },
  ])('within the share of T plus an interval: $name', ({ name, withinSeconds }) => {
    expect(simulate(name).groups[0]?.cancelP99Seconds).toBeLessThanOrEqual(withinSeconds);
  });
});

describe('the model is not safe by itself', () => {
  it.each(['storm-direct', 'storm-unpaced', 'fleet-139-half'])('%s loses tasks', (name) => {
    expect(lost(simulate(name))).toBeGreaterThan(0);
  });

  it('the rule of pacing decides', () => {
    const calls = (result: Result): number => result.callsPerSecond;
    const paced = simulate('few');
    expect(calls(simulate('few', 1, () => true))).toBeGreaterThan(2 * calls(paced));
    const firstConditionAlone = ({ timeoutMs }: { timeoutMs: number }, ageMs: number): boolean =>
      ageMs > 0.97 * timeoutMs;
    expect(lost(simulate('storm', 1, firstConditionAlone))).toBeGreaterThan(0);
  });

  it('a worker that keeps three attempts loses less in an outage', () => {
    expect(lost(simulate('fleet-139-quarter'))).toBeLessThan(lost(simulate('fleet-139-interval')) ?? 0);
  });
});

it('the same seed gives the same run, another one another', () => {
  expect(simulate('few', 7)).toEqual(simulate('few', 7));
  expect(simulate('few', 8).groups).not.toEqual(simulate('few', 7).groups);
});
