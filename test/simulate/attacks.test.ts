import { describe, expect, it } from 'vitest';

import { toResult } from '../../simulate/result.ts';
import { runScenario } from '../../simulate/run.ts';
import { ATTACKS } from '../../simulate/scenarios/attacks.ts';

const SMALL = ATTACKS.filter(({ name }) => /^attack-.*-1x(?:300|1000)$/.test(name));

describe('no task of orders is lost, and none of its heartbeats is throttled after the first 5 s', () => {
  it.each(SMALL)('$name', (scenario) => {
    const statistics = runScenario({ ...scenario, minutes: 2 }, 1);
    const { groups } = toResult(scenario, 1, statistics);
    const orders = groups.find(({ group }) => group === 'orders');
    expect(orders).toMatchObject({ lostTasks: 0, throttledLater: 0, tasks: 100 });
    expect(orders?.recorded).toBeGreaterThan(1_000);
    // A full bucket, and two minutes of its rate. What SWF refuses and what hangs costs ten; a closed task is asked for once a container.
    const mostCalls = /^attack-task/.test(scenario.name) ? 400 + 120 * 40 : (400 + 120 * 40) / 10;
    expect(statistics.calls - (orders?.recorded ?? 0)).toBeLessThan(1.2 * mostCalls);
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
