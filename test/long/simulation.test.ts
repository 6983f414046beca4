import { expect, it } from 'vitest';

import type { ObservedCall } from '../../local/aws/endpoint.ts';
import { type Result, toResult } from '../../simulate/result.ts';
import { runScenario } from '../../simulate/run.ts';
import type { Scenario, WorkerGroup } from '../../simulate/scenario.ts';
import { DEFAULT_THROTTLE, defineScenario, STORM } from '../../simulate/scenarios/defaults.ts';
import { startStack } from '../e2e/a-stack.ts';
import { playWorkers } from './play-workers.ts';

/** SWF's quota, scaled to what one machine plays. */
const QUOTA = { size: 30, refillPerSecond: 4.5 };

/** As many as one machine runs. */
const CONTAINERS = 4;

const SMALL: WorkerGroup = {
  ...STORM,
  name: 'orders',
  tasks: 60,
  timeoutSeconds: 30,
  intervalSeconds: 1,
  domains: 1,
  tasksPerKey: 60,
};

/** How far reality may be from the simulation. Calls: 10 % of them; the share that SWF throttles: 10 points; lost tasks: a quarter. */
const INTERVAL = { calls: 0.1, throttled: 0.1, lost: 0.25 };

function define(name: string, group: WorkerGroup): Scenario {
  return defineScenario(name, '', {
    minutes: 1,
    groups: [group],
    quota: QUOTA,
    containers: CONTAINERS,
    gateway: DEFAULT_THROTTLE,
    cancels: 0,
  });
}

/** What is compared. */
interface Figures {
  readonly calls: number;
  readonly throttledShare: number;
  readonly lostTasks: number;
}

function simulated(scenario: Scenario): Figures {
  const { callsPerSecond, throttledShare, groups }: Result = toResult(scenario, 1, runScenario(scenario, 1));
  return { calls: 60 * callsPerSecond, throttledShare, lostTasks: groups[0]?.lostTasks ?? NaN };
}

async function played(group: WorkerGroup): Promise<Figures> {
  const quotas = new Map([['RecordActivityTaskHeartbeat', QUOTA]]);
  const a = await startStack({ maxContainers: CONTAINERS, swfQuotas: quotas, containerEnvironment: {} });
  try {
    await a.stack.functionHost.warm(CONTAINERS);
    const isCall = ({ api, operation }: ObservedCall): boolean =>
      api === 'swf' && operation === 'RecordActivityTaskHeartbeat';
    const { keyId, secret } = a.worker.key;
    const authorization = `Bearer ${keyId}.${secret}`;
    const { lostTasks, ...rest } = await playWorkers(
      { swf: a.swf, relayUrl: a.stack.relayUrl, domain: 'orders', authorization, seconds: 60 },
      group,
      1,
    );
    process.stdout.write(`${JSON.stringify({ ...rest, lostTasks })}\n`);
    const calls = a.calls.filter(isCall);
    const throttled = calls.filter(({ status }) => status !== 200 && status !== 0);
    return { calls: calls.length, throttledShare: throttled.length / calls.length, lostTasks };
  } finally {
    await a.close();
  }
}

it.each([
  { name: 'paced', group: SMALL },
  {
    name: 'not paced, with a timeout that the quota cannot serve',
    group: { ...SMALL, isDeclared: false, timeoutSeconds: 6 },
  },
])('the simulation predicts what the local stack does: $name', async ({ name, group }) => {
  const expected = simulated(define(name, group));
  const seen = await played(group);
  process.stdout.write(`${name}: simulated ${JSON.stringify(expected)}, played ${JSON.stringify(seen)}\n`);
  expect(Math.abs(seen.calls - expected.calls)).toBeLessThanOrEqual(INTERVAL.calls * expected.calls);
  expect(Math.abs(seen.throttledShare - expected.throttledShare)).toBeLessThanOrEqual(INTERVAL.throttled);
  expect(Math.abs(seen.lostTasks - expected.lostTasks)).toBeLessThanOrEqual(INTERVAL.lost * expected.lostTasks);
});
