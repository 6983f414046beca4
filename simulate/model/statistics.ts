/** What happened to the heartbeats of one group of workers. */
export class GroupStatistics {
  heartbeats = 0;
  recorded = 0;
  paced = 0;
  /** Answers with status 429, by code. */
  readonly throttled = { gateway: 0, key: 0, domain: 0, swf: 0 };
  /** Answers with status 429 that came more than 5 s after the start. */
  throttledLater = 0;
  /** Answers with status 503. */
  unavailable = 0;
  closedAnswers = 0;
  refused = 0;
  lostTasks = 0;
  tasks = 0;
  /** From a cancel request until its worker heard of it. */
  readonly cancelDelaysMs: number[] = [];
}

/** A minute of the run, for charts. */
export interface Minute {
  calls: number;
  throttled: number;
}

/** What the relay and SWF did. */
export class Statistics {
  readonly groups = new Map<string, GroupStatistics>();
  readonly minutes: Minute[] = [];
  calls = 0;
  throttledCalls = 0;
  reads = 0;
  rowWrites = 0;
  leaseWrites = 0;
  busyMs = 0;
  invocations = 0;
  containers = 0;

  of(group: string): GroupStatistics {
    const known = this.groups.get(group);
    if (known !== undefined) return known;
    const created = new GroupStatistics();
    this.groups.set(group, created);
    return created;
  }

  countCall(nowMs: number, isThrottled: boolean): void {
    const minute = (this.minutes[Math.floor(nowMs / 60_000)] ??= { calls: 0, throttled: 0 });
    this.calls += 1;
    minute.calls += 1;
    if (!isThrottled) return;
    this.throttledCalls += 1;
    minute.throttled += 1;
  }
}

/** @returns the value that the given share of all is at most. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
