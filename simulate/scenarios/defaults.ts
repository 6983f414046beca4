import { AWS_QUOTA } from '../model/swf.ts';
import type { Scenario, WorkerGroup } from '../scenario.ts';

/** 20,000 tasks of 5 minutes that send a heartbeat every 10 s: 12.5 times the quota. */
export const STORM: WorkerGroup = {
  name: 'storm',
  tasks: 20_000,
  timeoutSeconds: 300,
  intervalSeconds: 10,
  isDeclared: true,
  retry: 'usual',
  isSynchronized: false,
  domains: 10,
  tasksPerKey: 100,
};

const DEFAULTS = {
  minutes: 60,
  path: 'relay',
  containers: 60,
  quota: AWS_QUOTA,
  // The gateway's throttle is not what most scenarios are about: it lets the load through.
  gateway: { ratePerSecond: 100_000, burst: 100_000 },
  groups: [],
  attacks: [],
  cancels: 2_000,
} as const;

export function defineScenario(name: string, description: string, options: Partial<Scenario>): Scenario {
  return { ...DEFAULTS, name, description, ...options };
}
