import { throttled } from './faults.ts';

/** The size of a bucket in requests, and its refill rate in requests per second. */
export interface Bucket {
  readonly size: number;
  readonly refillPerSecond: number;
}

const bucket = (size: number, refillPerSecond: number): Bucket => ({ size, refillPerSecond });

/**
 * Token buckets of one account in one region, by operation (SWF Developer Guide, quotas, "API throttling").
 * The values for registering, deprecating and both listings of executions come from memory of that page, and are
 * unverified.
 */
export const ACCOUNT_QUOTAS: ReadonlyMap<string, Bucket> = new Map([
  ['DeprecateActivityType', bucket(200, 6)],
  ['DeprecateDomain', bucket(100, 6)],
  ['DeprecateWorkflowType', bucket(200, 6)],
  ['DescribeActivityType', bucket(2000, 6)],
  ['DescribeDomain', bucket(200, 6)],
  ['DescribeWorkflowExecution', bucket(2000, 6)],
  ['DescribeWorkflowType', bucket(2000, 6)],
  ['GetWorkflowExecutionHistory', bucket(2000, 60)],
  ['ListClosedWorkflowExecutions', bucket(200, 6)],
  ['ListDomains', bucket(100, 6)],
  ['ListOpenWorkflowExecutions', bucket(200, 48)],
  ['PollForActivityTask', bucket(2000, 200)],
  ['PollForDecisionTask', bucket(2000, 200)],
  ['RecordActivityTaskHeartbeat', bucket(2000, 160)],
  ['RegisterActivityType', bucket(200, 60)],
  ['RegisterDomain', bucket(100, 6)],
  ['RegisterWorkflowType', bucket(200, 60)],
  ['RequestCancelWorkflowExecution', bucket(2000, 30)],
  ['RespondActivityTaskCanceled', bucket(2000, 200)],
  ['RespondActivityTaskCompleted', bucket(2000, 200)],
  ['RespondActivityTaskFailed', bucket(2000, 200)],
  ['RespondDecisionTaskCompleted', bucket(2000, 200)],
  ['SignalWorkflowExecution', bucket(2000, 30)],
  ['StartWorkflowExecution', bucket(2000, 200)],
  ['TerminateWorkflowExecution', bucket(2000, 60)],
]);

/** Additional buckets for each workflow (same page; AWS cannot raise these quotas). */
export const WORKFLOW_QUOTAS: ReadonlyMap<string, Bucket> = new Map([
  ['GetWorkflowExecutionHistory', bucket(400, 200)],
  ['RecordActivityTaskHeartbeat', bucket(1000, 1000)],
]);

/** The source of a request. `runId` is present if the operation has a quota for each workflow. */
export interface Consumer {
  readonly accountId: string;
  readonly region: string;
  readonly operation: string;
  readonly runId?: string;
}

interface Level {
  tokens: number;
  at: number;
}

/** The maximum number of buckets in memory. Above it, `Quotas` drops full buckets, which carry no information. */
const MAX_LEVELS = 10_000;

/** Counts requests against the quotas. Only in memory, so the buckets are full after a restart. */
export class Quotas {
  readonly #levels = new Map<string, Level>();
  readonly #accountQuotas: ReadonlyMap<string, Bucket>;

  /** @param accountQuotas those of an account for which AWS raised or lowered some. */
  constructor(accountQuotas: ReadonlyMap<string, Bucket> = ACCOUNT_QUOTAS) {
    this.#accountQuotas = accountQuotas;
  }

  /** Takes one token from each applicable bucket, or throws SwfFault (ThrottlingException). `now` is epoch ms. */
  take(consumer: Consumer, now: number): void {
    if (!this.tryTake(consumer, now)) throw throttled();
  }

  /** @returns whether each applicable bucket had a token. Otherwise none is taken. */
  tryTake({ accountId, region, operation, runId }: Consumer, now: number): boolean {
    const account = this.#level(`${accountId}/${region}/${operation}`, this.#accountQuotas.get(operation), now);
    const workflow =
      runId === undefined ? undefined : this.#level(`${runId}/${operation}`, WORKFLOW_QUOTAS.get(operation), now);
    const levels = [account, workflow].filter((level) => level !== undefined);
    if (levels.some(({ tokens }) => tokens < 1)) return false;
    for (const level of levels) level.tokens -= 1;
    return true;
  }

  #level(name: string, quota: Bucket | undefined, now: number): Level | undefined {
    if (quota === undefined) return undefined;
    const level = this.#levels.get(name) ?? { tokens: quota.size, at: now };
    const refilled = level.tokens + (Math.max(0, now - level.at) * quota.refillPerSecond) / 1000;
    level.tokens = Math.min(quota.size, refilled);
    level.at = Math.max(level.at, now);
    this.#levels.set(name, level);
    if (this.#levels.size > MAX_LEVELS) this.#forget(now);
    return level;
  }

  /** After a minute, nearly every bucket is full again. Dropping the few slow ones early only allows more requests. */
  #forget(now: number): void {
    for (const [name, { at }] of this.#levels) if (now - at > 60_000) this.#levels.delete(name);
  }
}
