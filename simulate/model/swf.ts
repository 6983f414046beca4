import { ACCOUNT_QUOTAS, type Bucket, Quotas } from '../../local/aws/swf/quotas.ts';
import type { Task } from './task.ts';

export type SwfAnswer =
  | { readonly kind: 'accepted'; readonly cancelRequested: boolean }
  | { readonly kind: 'closed' | 'throttled' | 'failed' | 'refused' | 'timedOut' };

/** While it lasts, SWF does not answer, or answers with an error. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly kind: 'hang' | 'error';
}

const OPERATION = 'RecordActivityTaskHeartbeat';

/** What AWS grants an account. */
export const AWS_QUOTA: Bucket = ACCOUNT_QUOTAS.get(OPERATION) ?? { size: 0, refillPerSecond: 0 };

const CONSUMER = { accountId: '123456789012', region: 'eu-west-1', operation: OPERATION };

/** One answer of each kind, because millions are given. */
const ANSWERS = {
  open: { kind: 'accepted', cancelRequested: false },
  canceled: { kind: 'accepted', cancelRequested: true },
  closed: { kind: 'closed' },
  throttled: { kind: 'throttled' },
  failed: { kind: 'failed' },
  refused: { kind: 'refused' },
  timedOut: { kind: 'timedOut' },
} as const satisfies Record<string, SwfAnswer>;

/** SWF: an account's quota, which the local stack has too, tasks that time out, and outages. */
export class Swf {
  readonly #quotas: Quotas;
  readonly #outages: readonly Outage[];

  constructor(outages: readonly Outage[], quota: Bucket) {
    this.#quotas = new Quotas(new Map([[OPERATION, quota]]));
    this.#outages = outages;
  }

  /** Whether a caller waits in vain or not, every call counts against the quota. */
  heartbeat(task: Task, nowMs: number): SwfAnswer {
    const outage = this.#outages.find(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs);
    if (outage !== undefined) return outage.kind === 'hang' ? ANSWERS.timedOut : ANSWERS.failed;
    if (!this.#quotas.tryTake(CONSUMER, nowMs)) return ANSWERS.throttled;
    switch (task.kind) {
      case 'junk':
      case 'foreign':
        return ANSWERS.refused;
      case 'closed':
        return ANSWERS.closed;
      case 'hanging':
        return ANSWERS.timedOut;
      case 'task':
        return this.#record(task, nowMs);
    }
  }

  #record(task: Task, nowMs: number): SwfAnswer {
    if (isTimedOut(task, nowMs)) return ANSWERS.closed;
    task.acceptedAtMs = nowMs;
    return task.cancelAtMs === undefined ? ANSWERS.open : ANSWERS.canceled;
  }
}

/** Marks a task as lost once SWF has given it up. */
export function isTimedOut(task: Task, nowMs: number): boolean {
  if (nowMs - task.acceptedAtMs > task.timeoutMs) task.isLost = true;
  return task.isLost;
}
