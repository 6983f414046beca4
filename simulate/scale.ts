import type { Scenario } from './scenario.ts';

/**
 * A scenario with a fraction of the honest tasks and of SWF's quota. Each task fares as at full size, while every part of the relay that counts
 * in absolute numbers has more room: the rates, the containers and the gateway.
 */
export function scaleDown(scenario: Scenario, divisor: number): Scenario {
  const { quota, groups, cancels } = scenario;
  return {
    ...scenario,
    quota: { size: quota.size / divisor, refillPerSecond: quota.refillPerSecond / divisor },
    groups: groups.map(({ tasks, ...group }) => Object.assign(group, { tasks: Math.ceil(tasks / divisor) })),
    cancels: Math.ceil(cancels / divisor),
  };
}
