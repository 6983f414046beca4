import { AWS_QUOTA } from '../model/swf.ts';
import type { Limit } from '../model/token-bucket.ts';
import type { Scenario, WorkerGroup } from '../scenario.ts';

/** The default of the setting `throttle`. */
export const DEFAULT_THROTTLE: Limit = { ratePerSecond: 1_000, burst: 2_000 };

/** What API Gateway lets through for an account in most regions, until AWS raises it. No setting allows more. */
export const ACCOUNT_THROTTLE: Limit = { ratePerSecond: 10_000, burst: 5_000 };

/** What Lambda lets an account run at a time, until AWS raises it, and ten times as many requests a second. */
export const ACCOUNT_CONCURRENCY = { containers: 1_000, invocationsPerSecond: 10_000 } as const;

/** 20,000 tasks of 5 minutes that send a heartbeat every 10 s: 12.5 times the quota. */
export const STORM: WorkerGroup = {
  name: 'storm',
  tasks: 20_000,
  timeoutSeconds: 300,
  intervalSeconds: 10,
  isDeclared: true,
  retry: 'three-attempts',
  isSynchronized: false,
  domains: 10,
  tasksPerKey: 100,
};

const DEFAULTS = {
  minutes: 60,
  path: 'relay',
  ...ACCOUNT_CONCURRENCY,
  containers: 60,
  quota: AWS_QUOTA,
  gateway: ACCOUNT_THROTTLE,
  groups: [],
  attacks: [],
  cancels: 2_000,
} as const;

export function defineScenario(name: string, description: string, options: Partial<Scenario>): Scenario {
  return { ...DEFAULTS, name, description, ...options };
}
