import { type GroupStatistics, percentile, type Statistics } from './model/statistics.ts';
import type { Scenario } from './scenario.ts';

/** US dollars, as the README's table has them: a million requests of the gateway and of Lambda, writes and reads of DynamoDB. */
const DOLLARS_PER_MILLION = { gateway: 1, lambda: 0.2, write: 0.625, read: 0.125 } as const;

/** US dollars for a millisecond of Lambda with 512 MB on arm64: 0.0000133334 a GB-second. */
const DOLLARS_PER_MS = (0.5 * 0.000_013_333_4) / 1000;

export interface GroupResult {
  readonly group: string;
  readonly heartbeats: number;
  readonly recorded: number;
  readonly paced: number;
  readonly throttled: GroupStatistics['throttled'];
  /** Answers with 429 after the first 5 s. */
  readonly throttledLater: number;
  readonly unavailable: number;
  readonly tasks: number;
  readonly lostTasks: number;
  readonly cancelP99Seconds: number | undefined;
}

export interface Result {
  readonly scenario: string;
  readonly description: string;
  readonly seed: number;
  readonly minutes: number;
  readonly callsPerSecond: number;
  /** Of SWF's answers. */
  readonly throttledShare: number;
  readonly leaseWrites: number;
  readonly dollarsPerMillion: number;
  readonly groups: readonly GroupResult[];
  readonly perMinute: { readonly calls: readonly number[]; readonly throttled: readonly number[] };
}

export function toResult({ name, description, minutes }: Scenario, seed: number, statistics: Statistics): Result {
  const { calls, throttledCalls, leaseWrites } = statistics;
  return {
    scenario: name,
    description,
    seed,
    minutes,
    callsPerSecond: calls / (minutes * 60),
    throttledShare: calls === 0 ? 0 : throttledCalls / calls,
    leaseWrites,
    dollarsPerMillion: toDollarsPerMillion(statistics),
    groups: [...statistics.groups].map(([group, each]) => toGroupResult(group, each)),
    perMinute: {
      calls: statistics.minutes.map((minute) => minute.calls),
      throttled: statistics.minutes.map((minute) => minute.throttled),
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

/** What the relay's part costs. The gateway charges for what it throttles, too. */
function toDollarsPerMillion({ groups, invocations, busyMs, reads, rowWrites, leaseWrites }: Statistics): number {
  if (invocations === 0) return 0;
  const heartbeats = [...groups.values()].reduce((sum, group) => sum + group.heartbeats, 0);
  const { gateway, lambda, write, read } = DOLLARS_PER_MILLION;
  const perMillion = heartbeats * gateway + invocations * lambda + (rowWrites + leaseWrites) * write + reads * read;
  return (perMillion + busyMs * DOLLARS_PER_MS * 1_000_000) / heartbeats;
}
