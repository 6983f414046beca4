import { AWS_QUOTA } from '../model/swf.ts';
import type { OutageOptions, Scenario, WorkerGroup } from '../scenario.ts';
import { DEFAULT_THROTTLE, defineScenario, STORM } from './defaults.ts';

/** Minutes of steady state before something happens, and enough time after it. */
export const OUTAGE_AT_SECONDS = 1_200;

const LONG_TASKS: WorkerGroup = {
  ...STORM,
  tasks: 100_000,
  timeoutSeconds: 1_800,
  intervalSeconds: 60,
  tasksPerKey: 500,
};

/** Workers of one group: paced, with nobody declaring T, and calling SWF themselves. */
function threeWays(name: string, description: string, group: WorkerGroup, options: Partial<Scenario> = {}): Scenario[] {
  const groups = [group];
  return [
    defineScenario(name, description, { ...options, groups }),
    defineScenario(`${name}-unpaced`, `${description}; nobody declares T`, {
      ...options,
      groups: [{ ...group, isDeclared: false }],
    }),
    defineScenario(`${name}-direct`, `${description}; SWF called directly`, {
      ...options,
      groups: [{ ...group, retry: 'interval' }],
      path: 'direct',
    }),
  ];
}

export function outageOf(kind: OutageOptions['kind'], share: number, { timeoutSeconds }: WorkerGroup): OutageOptions {
  return { kind, atSeconds: OUTAGE_AT_SECONDS, seconds: share * timeoutSeconds };
}

function outages(kind: OutageOptions['kind'], says: string): Scenario[] {
  const shares = { quarter: 1 / 4, half: 1 / 2 };
  return Object.entries(shares).flatMap(([name, share]) =>
    threeWays(
      `outage-${kind}-${name}`,
      `as storm; SWF ${says} for ${share * 100} % of T, then all return at once`,
      STORM,
      {
        outage: outageOf(kind, share, STORM),
      },
    ),
  );
}

/** Honest workers alone. Each group has a name that says what differs. */
export const STORMS: readonly Scenario[] = [
  ...threeWays('storm', '20,000 tasks, T 300 s, every 10 s', STORM),
  ...threeWays('storm-sync', '20,000 tasks, T 300 s, every 10 s, all at once', { ...STORM, isSynchronized: true }),
  ...threeWays('minute', '5,000 tasks, T 60 s, every 5 s', {
    ...STORM,
    tasks: 5_000,
    timeoutSeconds: 60,
    intervalSeconds: 5,
  }),
  ...threeWays('long', '100,000 tasks, T 1,800 s, every 60 s', LONG_TASKS),
  ...threeWays('third', '20,000 tasks, T 300 s, every T/3', { ...STORM, intervalSeconds: 100 }),
  ...threeWays('sixth', '20,000 tasks, T 300 s, every T/6', { ...STORM, intervalSeconds: 50 }),
  ...threeWays('few', '1,000 tasks, T 300 s, every 10 s', { ...STORM, tasks: 1_000 }),
  ...outages('hang', 'does not answer'),
  ...outages('error', 'fails'),
  ...threeWays(
    'low-quota',
    '5,000 tasks, T 300 s, every 10 s, a quota of 40 a second',
    { ...STORM, tasks: 5_000 },
    {
      quota: { ...AWS_QUOTA, refillPerSecond: 40 },
    },
  ),
  ...threeWays('restart', 'as storm; all containers are replaced at once', STORM, {
    restartAtSeconds: OUTAGE_AT_SECONDS,
  }).filter(({ path }) => path === 'relay'),
  defineScenario('storm-default-throttle', "as storm, through the gateway's default throttle", {
    groups: [STORM],
    gateway: DEFAULT_THROTTLE,
  }),
];
