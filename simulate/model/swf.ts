import { ACCOUNT_QUOTAS, Quotas } from '../../local/aws/swf/quotas.ts';
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

  /** @param perSecond the account's quota of heartbeats; undefined for the one that AWS grants. */
  constructor(outages: readonly Outage[], perSecond?: number, size = ACCOUNT_QUOTAS.get(OPERATION)?.size ?? 0) {
    const quotas = new Map(ACCOUNT_QUOTAS);
    if (perSecond !== undefined) quotas.set(OPERATION, { size, refillPerSecond: perSecond });
    this.#quotas = new Quotas(quotas);
    this.#outages = outages;
  }

  /** Whether a caller waits in vain or not, every call counts against the quota. */
  heartbeat(task: Task, nowMs: number): SwfAnswer {
    const outage = this.#outages.find(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs);
    if (outage !== undefined) return outage.kind === 'hang' ? ANSWERS.timedOut : ANSWERS.failed;
    if (!this.#take(nowMs)) return ANSWERS.throttled;
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

  #take(nowMs: number): boolean {
    try {
      this.#quotas.take(CONSUMER, nowMs);
      return true;
    } catch {
      return false;
    }
  }
}

/** Marks a task as lost once SWF has given it up. */
export function isTimedOut(task: Task, nowMs: number): boolean {
  if (nowMs - task.acceptedAtMs > task.timeoutMs) task.isLost = true;
  return task.isLost;
}
