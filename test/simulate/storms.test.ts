import { describe, expect, it } from 'vitest';

import { type Result, toResult } from '../../simulate/result.ts';
import { runScenario } from '../../simulate/run.ts';
import { scaleDown } from '../../simulate/scale.ts';
import { STORMS } from '../../simulate/scenarios/storms.ts';

/** Small enough for a quick test: 1,000 tasks and a quota of 8 a second instead of 20,000 and 160. */
const SCALE = 20;

function simulate(name: string, seed = 1, due?: Parameters<typeof runScenario>[2]): Result {
  const full = STORMS.find((scenario) => scenario.name === name);
  if (full === undefined) throw new Error(`there is no scenario ${name}`);
  const scenario = scaleDown(full, SCALE);
  return toResult(scenario, seed, runScenario(scenario, seed, due));
}

const lost = ({ groups }: Result): number | undefined => groups[0]?.lostTasks;

describe('no task is lost', () => {
  it.each(['storm', 'storm-sync', 'minute', 'long', 'sixth', 'unknown', 'quiet', 'restart', 'low-quota'])(
    '%s',
    (name) => {
      expect(lost(simulate(name))).toBe(0);
    },
  );

  it.each(['outage-hang-quarter', 'outage-error-quarter'])('%s', (name) => {
    expect(lost(simulate(name))).toBe(0);
  });
});

describe('a cancel request is heard', () => {
  it.each([
    { name: 'quiet', withinSeconds: 300 / 3 + 10 },
    { name: 'storm', withinSeconds: (2 * 300) / 3 + 10 },
    { name: 'minute', withinSeconds: (2 * 60) / 3 + 5 },
  ])('within the share of T plus an interval: $name', ({ name, withinSeconds }) => {
    expect(simulate(name).groups[0]?.cancelP99Seconds).toBeLessThanOrEqual(withinSeconds);
  });
});

describe('the model is not safe by itself', () => {
  it.each(['storm-direct', 'storm-unpaced'])('%s loses tasks', (name) => {
    expect(lost(simulate(name))).toBeGreaterThan(0);
  });

  it('the rule of pacing decides', () => {
    const calls = (result: Result): number => result.callsPerSecond;
    const paced = simulate('quiet');
    expect(calls(simulate('quiet', 1, () => true))).toBeGreaterThan(2 * calls(paced));
    const firstConditionAlone = ({ timeoutMs }: { timeoutMs: number }, ageMs: number): boolean =>
      ageMs > 0.97 * timeoutMs;
    expect(lost(simulate('storm', 1, firstConditionAlone))).toBeGreaterThan(0);
  });
});

it('the same seed gives the same run, another one another', () => {
  expect(simulate('quiet', 7)).toEqual(simulate('quiet', 7));
  expect(simulate('quiet', 8).groups).not.toEqual(simulate('quiet', 7).groups);
});
