import { describe, expect, it } from 'vitest';

import type { TokenKind } from '../../simulate/model/task.ts';
import { type Result, toResult } from '../../simulate/result.ts';
import { runScenario } from '../../simulate/run.ts';
import { ATTACKS } from '../../simulate/scenarios/attacks.ts';
import { findScenario } from '../../simulate/scenarios/all.ts';

const SMALL = ATTACKS.filter(({ name }) => /^attack-.*-1x1000$/.test(name));

/** A full bucket of the attacker's key, and a minute of its rate; a quarter more for what containers had leased. */
const ALL_TOKENS = 1.25 * (400 + 60 * 40);

/** How often the attacker can reach SWF. */
const MOST_CALLS: Readonly<Record<TokenKind, number>> = {
  task: ALL_TOKENS,
  // SWF refuses them, so they cost ten.
  junk: ALL_TOKENS / 10,
  foreign: ALL_TOKENS / 10,
  // Those cost ten, too, but each occupies a container for 2 s. Meanwhile new containers take tokens, which owe nothing yet.
  hanging: (2 * ALL_TOKENS) / 10,
  // Once for each container.
  closed: 60,
};

function simulate(name: string): Result {
  const scenario = { ...findScenario(name), minutes: 1 };
  return toResult(scenario, 1, runScenario(scenario, 1));
}

describe('no task of orders is lost, and none of its heartbeats is throttled after the first 5 s', () => {
  it.each(SMALL)('$name', ({ name, attacks }) => {
    const { groups, callsPerSecond } = simulate(name);
    const orders = groups.find(({ group }) => group === 'orders');
    expect(orders).toMatchObject({ lostTasks: 0, throttledLater: 0, tasks: 100 });
    expect(orders?.recorded).toBeGreaterThan(500);
    expect(60 * callsPerSecond - (orders?.recorded ?? 0)).toBeLessThan(MOST_CALLS[attacks[0]?.token ?? 'task']);
  });
});

describe('the same attack takes tasks of orders', () => {
  it.each([
    { name: 'direct-1x1000', where: 'without the relay' },
    { name: 'default-throttle-20x300', where: 'where it fills the gateway' },
  ])('$where', ({ name }) => {
    expect(simulate(name).groups[0]?.lostTasks).toBeGreaterThan(0);
  });
});
