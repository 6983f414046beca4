import { z } from 'zod';

import { toDollarsPerMillion } from './costs.ts';
import { type GroupStatistics, percentile, type Statistics } from './model/statistics.ts';
import type { Scenario } from './scenario.ts';

const GROUP_RESULT = z.object({
  group: z.string(),
  heartbeats: z.number(),
  recorded: z.number(),
  paced: z.number(),
  /** Answers with 429, by who throttled. */
  throttled: z.object({ gateway: z.number(), key: z.number(), domain: z.number(), swf: z.number() }),
  /** Answers with 429 after the first 5 s. */
  throttledLater: z.number(),
  /** Answers with 503. */
  unavailable: z.number(),
  tasks: z.number(),
  lostTasks: z.number(),
  cancelP99Seconds: z.number().optional(),
});

/** What a run came to. A thread sends it, so it is parsed. */
export const RESULT = z.object({
  scenario: z.string(),
  description: z.string(),
  seed: z.number(),
  minutes: z.number(),
  callsPerSecond: z.number(),
  /** Of SWF's answers. */
  throttledShare: z.number(),
  containers: z.number(),
  leaseWrites: z.number(),
  dollarsPerMillion: z.number(),
  groups: z.array(GROUP_RESULT),
  perMinute: z.object({ calls: z.array(z.number()), throttled: z.array(z.number()) }),
});

export type Result = z.infer<typeof RESULT>;
export type GroupResult = z.infer<typeof GROUP_RESULT>;

export function toResult({ name, description, minutes }: Scenario, seed: number, statistics: Statistics): Result {
  const { calls, throttledCalls, containers, leaseWrites } = statistics;
  return {
    scenario: name,
    description,
    seed,
    minutes,
    callsPerSecond: calls / (minutes * 60),
    throttledShare: calls === 0 ? 0 : throttledCalls / calls,
    containers,
    leaseWrites,
    dollarsPerMillion: toDollarsPerMillion(statistics),
    groups: [...statistics.groups].map(([group, each]) => toGroupResult(group, each)),
    perMinute: {
      calls: Array.from({ length: minutes }, (_, minute) => statistics.minutes[minute]?.calls ?? 0),
      throttled: Array.from({ length: minutes }, (_, minute) => statistics.minutes[minute]?.throttled ?? 0),
    },
  };
}

function toGroupResult(group: string, statistics: GroupStatistics): GroupResult {
  const { heartbeats, recorded, paced, throttled, throttledLater, unavailable, tasks, lostTasks } = statistics;
  const p99Ms = percentile(statistics.cancelDelaysMs, 0.99);
  const cancelP99Seconds = p99Ms === undefined ? undefined : p99Ms / 1000;
  return {
    group,
    heartbeats,
    recorded,
    paced,
    throttled,
    throttledLater,
    unavailable,
    tasks,
    lostTasks,
    cancelP99Seconds,
  };
}
