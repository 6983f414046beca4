import { AWS_QUOTA } from '../model/swf.ts';
import type { Scenario, WorkerGroup } from '../scenario.ts';
import { defineScenario, STORM } from './defaults.ts';

const MINUTE_TASKS: WorkerGroup = { ...STORM, tasks: 5_000, timeoutSeconds: 60, intervalSeconds: 5 };
const LONG_TASKS: WorkerGroup = {
  ...STORM,
  tasks: 100_000,
  timeoutSeconds: 1_800,
  intervalSeconds: 60,
  tasksPerKey: 500,
};
const UNKNOWN: WorkerGroup = { ...STORM, tasks: 1_000, isDeclared: false };
/** As many as pacing can carry: tasks / (2T/3) is 100 a second. */
const STEADY: WorkerGroup = STORM;

/** A storm with pacing, without it, and without the relay. */
function threeWays(name: string, description: string, group: WorkerGroup): Scenario[] {
  const groups = [group];
  return [
    defineScenario(name, `${description}, paced`, { groups }),
    defineScenario(`${name}-unpaced`, `${description}, nobody declares T`, {
      groups: [{ ...group, isDeclared: false }],
    }),
    defineScenario(`${name}-direct`, `${description}, SWF called directly`, { groups, path: 'direct' }),
  ];
}

const OUTAGE_AT_SECONDS = 1_200;

function outages(kind: 'hang' | 'error', says: string): Scenario[] {
  return [
    { name: 'quarter', share: 1 / 4 },
    { name: 'half', share: 1 / 2 },
  ].map(({ name, share }) =>
    defineScenario(`outage-${kind}-${name}`, `SWF ${says} for ${share} T, then everyone returns at once`, {
      groups: [STEADY],
      outage: { kind, atSeconds: OUTAGE_AT_SECONDS, seconds: share * STEADY.timeoutSeconds },
    }),
  );
}

/** Honest workers alone: point 2 of what fair share promises. */
export const STORMS: readonly Scenario[] = [
  ...threeWays('storm', '20,000 tasks, T 300 s, every 10 s', STORM),
  ...threeWays('storm-sync', '20,000 tasks, T 300 s, every 10 s, all at once', { ...STORM, isSynchronized: true }),
  ...threeWays('minute', '5,000 tasks, T 60 s, every 5 s', MINUTE_TASKS),
  ...threeWays('long', '100,000 tasks, T 1,800 s, every 60 s', LONG_TASKS),
  ...threeWays('third', '20,000 tasks, T 300 s, every T/3', { ...STORM, intervalSeconds: 100 }),
  ...threeWays('sixth', '20,000 tasks, T 300 s, every T/6', { ...STORM, intervalSeconds: 50 }),
  ...threeWays('unknown', '1,000 tasks, T 300 s unknown to the relay, every 10 s', UNKNOWN).filter(
    ({ name }) => name !== 'unknown-unpaced',
  ),
  defineScenario('quiet', '1,000 tasks, T 300 s, every 10 s', { groups: [{ ...STORM, tasks: 1_000 }] }),
  ...outages('hang', 'does not answer'),
  ...outages('error', 'fails'),
  defineScenario('restart', 'all containers are replaced at once', { groups: [STORM], restartAtSeconds: 1_200 }),
  defineScenario('low-quota', '5,000 tasks, T 300 s, every 10 s, a quota of 40 a second', {
    groups: [{ ...STORM, tasks: 5_000 }],
    quota: { ...AWS_QUOTA, refillPerSecond: 40 },
  }),
];
