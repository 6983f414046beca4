import { describe, expect, it } from 'vitest';

import { toResult } from '../../simulate/result.ts';
import { runScenario } from '../../simulate/run.ts';
import type { TokenKind } from '../../simulate/model/task.ts';
import { ATTACKS } from '../../simulate/scenarios/attacks.ts';

const SMALL = ATTACKS.filter(({ name }) => /^attack-.*-1x(?:300|1000)$/.test(name));

/** A full bucket of the attacker's key, and two minutes of its rate; a tenth more for what containers had leased. */
const ALL_TOKENS = 1.1 * (400 + 120 * 40);

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

describe('no task of orders is lost, and none of its heartbeats is throttled after the first 5 s', () => {
  it.each(SMALL)('$name', (scenario) => {
    const statistics = runScenario({ ...scenario, minutes: 2 }, 1);
    const { groups } = toResult(scenario, 1, statistics);
    const orders = groups.find(({ group }) => group === 'orders');
    expect(orders).toMatchObject({ lostTasks: 0, throttledLater: 0, tasks: 100 });
    expect(orders?.recorded).toBeGreaterThan(1_000);
    expect(statistics.calls - (orders?.recorded ?? 0)).toBeLessThan(MOST_CALLS[scenario.attacks[0]?.token ?? 'task']);
  });
});

it('without the relay the same attack takes tasks', () => {
  const attack = SMALL.filter(({ name }) => name === 'attack-task-1x1000').map((scenario) => {
    const statistics = runScenario({ ...scenario, path: 'direct' }, 1);
    return statistics.of('orders').lostTasks;
  });
  expect(attack).toEqual([expect.any(Number)]);
  expect(attack[0]).toBeGreaterThan(0);
});
