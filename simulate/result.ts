import { toDollarsPerMillion } from './costs.ts';
import { type GroupStatistics, percentile, type Statistics } from './model/statistics.ts';
import type { Scenario } from './scenario.ts';

export interface GroupResult {
  readonly group: string;
  readonly heartbeats: number;
  readonly recorded: number;
  readonly paced: number;
  /** Answers with 429, by who throttled. */
  readonly throttled: GroupStatistics['throttled'];
  /** Answers with 429 after the first 5 s. */
  readonly throttledLater: number;
  /** Answers with 503. */
  readonly unavailable: number;
  readonly tasks: number;
  readonly lostTasks: number;
  readonly cancelP99Seconds: number | undefined;
}

/** What a run came to. */
export interface Result {
  readonly scenario: string;
  readonly description: string;
  readonly seed: number;
  readonly minutes: number;
  readonly callsPerSecond: number;
  /** Of SWF's answers. */
  readonly throttledShare: number;
  readonly containers: number;
  readonly leaseWrites: number;
  readonly dollarsPerMillion: number;
  readonly groups: readonly GroupResult[];
  readonly perMinute: { readonly calls: readonly number[]; readonly throttled: readonly number[] };
}

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
