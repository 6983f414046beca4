import { throttled } from './faults.ts';

/** Requests at once, and requests a second after that. */
export interface Bucket {
  readonly size: number;
  readonly refillPerSecond: number;
}

const bucket = (size: number, refillPerSecond: number): Bucket => ({ size, refillPerSecond });

/**
 * Token buckets of one account in one region, by operation (SWF Developer Guide, quotas, "API throttling").
 * Registering and deprecating, and both listings of executions: from memory of the same page, not re-read.
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

/** Besides, for one workflow (same page; these can't be raised). */
export const WORKFLOW_QUOTAS: ReadonlyMap<string, Bucket> = new Map([
  ['GetWorkflowExecutionHistory', bucket(400, 200)],
  ['RecordActivityTaskHeartbeat', bucket(1000, 1000)],
]);

/** Whose request it is. `runId` where the operation has a quota for each workflow. */
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

/** Buckets kept at most; past that the full ones, which say nothing, are dropped. */
const MAX_LEVELS = 10_000;

/** Counts requests against the quotas. In memory only: a restart begins with full buckets. */
export class Quotas {
  readonly #levels = new Map<string, Level>();

  /** Takes one token of each bucket that applies, or none and throws SwfFault (ThrottlingException). `now`: epoch ms. */
  take({ accountId, region, operation, runId }: Consumer, now: number): void {
    const account = this.#level(`${accountId}/${region}/${operation}`, ACCOUNT_QUOTAS.get(operation), now);
    const workflow =
      runId === undefined ? undefined : this.#level(`${runId}/${operation}`, WORKFLOW_QUOTAS.get(operation), now);
    const levels = [account, workflow].filter((level) => level !== undefined);
    if (levels.some(({ tokens }) => tokens < 1)) throw throttled();
    for (const level of levels) level.tokens -= 1;
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

  /** Past a minute every bucket here but a few slow ones is full again; forgetting those early errs on the lenient side. */
  #forget(now: number): void {
    for (const [name, { at }] of this.#levels) if (now - at > 60_000) this.#levels.delete(name);
  }
}
