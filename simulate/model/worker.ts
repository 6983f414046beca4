import type { SharedHeartbeat } from '../../lambda/share/fair-share.ts';
import type { Actor } from './agenda.ts';
import type { Answer } from './answer.ts';
import type { GroupStatistics } from './statistics.ts';
import { isTimedOut, type Swf } from './swf.ts';
import { Task } from './task.ts';

/**
 * How long a worker waits after failures at most: no longer than leaves three more attempts before the task times out, as
 * docs/worker.md says; or as long as between two heartbeats.
 */
export type RetryRule = 'three-attempts' | 'interval';

export interface WorkerOptions {
  readonly name: string;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Pace and buckets. */
  readonly heartbeat: Omit<SharedHeartbeat, 'task'>;
  readonly retry: RetryRule;
  /** After this many failures in a row the worker waits for its next heartbeat. */
  readonly maxAttempts: number;
  /** The end of SWF's outage: who would try again later does so now. `-Infinity` if there is none. */
  readonly returnsAtMs: number;
  readonly statistics: GroupStatistics;
  readonly random: () => number;
}

/** Workers spread their heartbeats by this share of the interval, as docs/worker.md asks. */
const SPREAD = 0.1;

/** Without a hint, and at least. */
const RETRY_AFTER_MS = 1_000;

/** At the end of an outage, everybody tries again within this time. */
const RETURN_WITHIN_MS = 1_000;

/** After this time a run has settled. */
const SETTLED_AFTER_MS = 5_000;

/** Carries a heartbeat to the relay or to SWF. */
export type Send = (task: Task, heartbeat: SharedHeartbeat, nowMs: number) => Answer;

/** Lets a worker send its heartbeats on the virtual clock. */
export class WorkerActor implements Actor {
  readonly #worker: Worker;
  readonly #send: Send;

  constructor(worker: Worker, send: Send) {
    this.#worker = worker;
    this.#send = send;
  }

  act(nowMs: number): number {
    const { task, heartbeat } = this.#worker;
    return this.#worker.hear(this.#send(task, heartbeat, nowMs), nowMs);
  }
}

/** A worker that follows docs/worker.md. When its task is over, it takes the next one. */
export class Worker {
  readonly #options: WorkerOptions;
  #task: Task;
  #heartbeat: SharedHeartbeat;
  #tasks = 0;
  #failures = 0;

  constructor(options: WorkerOptions, nowMs: number) {
    this.#options = options;
    [this.#task, this.#heartbeat] = this.#nextTask(nowMs);
  }

  get task(): Task {
    return this.#task;
  }

  get heartbeat(): SharedHeartbeat {
    return this.#heartbeat;
  }

  /** @returns when it sends the next heartbeat. @param nowMs when it sent the one that is answered. */
  hear(answer: Answer, nowMs: number): number {
    this.#count(answer, nowMs);
    const { intervalMs, random } = this.#options;
    const usualMs = intervalMs * (1 - SPREAD * random());
    const answeredAtMs = nowMs + (answer.tookMs ?? 0);
    if (answer.kind === 'throttled' || answer.kind === 'unavailable')
      return this.#retryAtMs(answer, answeredAtMs, usualMs);
    this.#failures = 0;
    if (answer.kind !== 'closed' && answer.cancelRequested !== true) return answeredAtMs + usualMs;
    this.#endTask(answer, answeredAtMs);
    // The first heartbeat of the next task.
    return answeredAtMs;
  }

  #retryAtMs({ retryAfterMs = RETRY_AFTER_MS }: Answer, nowMs: number, usualMs: number): number {
    const { maxAttempts, returnsAtMs, random } = this.#options;
    const pauseMs = Math.min(usualMs, retryAfterMs * 2 ** this.#failures, this.#longestPauseMs(nowMs));
    this.#failures += 1;
    if (this.#failures >= maxAttempts) {
      this.#failures = 0;
      return nowMs + usualMs;
    }
    const nextMs = nowMs + pauseMs;
    return nowMs < returnsAtMs && nextMs > returnsAtMs ? returnsAtMs + RETURN_WITHIN_MS * random() : nextMs;
  }

  /** What is left of the timeout then holds three more attempts. */
  #longestPauseMs(nowMs: number): number {
    if (this.#options.retry === 'interval') return Infinity;
    const leftMs = this.#task.acceptedAtMs + this.#task.timeoutMs - nowMs;
    return Math.max(RETRY_AFTER_MS, leftMs / 4);
  }

  requestCancel(nowMs: number): void {
    this.#task.cancelAtMs ??= nowMs;
  }

  /** Counts a task that SWF gave up without telling. */
  close(nowMs: number): void {
    if (isTimedOut(this.#task, nowMs)) this.#options.statistics.lostTasks += 1;
  }

  #endTask(answer: Answer, nowMs: number): void {
    const { statistics } = this.#options;
    const { cancelAtMs } = this.#task;
    if (isTimedOut(this.#task, nowMs)) statistics.lostTasks += 1;
    else if (answer.cancelRequested === true && cancelAtMs !== undefined) {
      statistics.cancelDelaysMs.push(nowMs - cancelAtMs);
    }
    [this.#task, this.#heartbeat] = this.#nextTask(nowMs);
  }

  #nextTask(nowMs: number): [Task, SharedHeartbeat] {
    const { name, timeoutMs, heartbeat, statistics } = this.#options;
    this.#tasks += 1;
    statistics.tasks += 1;
    const task = new Task(`${name}/${this.#tasks}`, 'task', timeoutMs, nowMs);
    return [task, { ...heartbeat, task: task.id }];
  }

  #count({ kind, by }: Answer, nowMs: number): void {
    const { statistics } = this.#options;
    statistics.heartbeats += 1;
    if (kind === 'recorded') statistics.recorded += 1;
    if (kind === 'paced') statistics.paced += 1;
    if (kind === 'closed') statistics.closedAnswers += 1;
    if (kind === 'refused') statistics.refused += 1;
    if (kind === 'unavailable') statistics.unavailable += 1;
    if (kind !== 'throttled' || by === undefined) return;
    statistics.throttled[by] += 1;
    if (nowMs > SETTLED_AFTER_MS) statistics.throttledLater += 1;
  }
}

/** A worker that calls SWF itself. Its SDK waits up to 1 s, then up to 2 s, before it tries a throttled call again. */
export function createDirect(swf: Swf, random: () => number, countCall: (nowMs: number, isThrottled: boolean) => void) {
  return (task: Task, _heartbeat: SharedHeartbeat, nowMs: number): Answer => {
    const answer = swf.heartbeat(task, nowMs);
    countCall(nowMs, answer.kind === 'throttled');
    if (answer.kind === 'accepted') return { kind: 'recorded', cancelRequested: answer.cancelRequested };
    if (answer.kind === 'closed' || answer.kind === 'refused') return { kind: answer.kind };
    const retryAfterMs = 1000 * random();
    if (answer.kind === 'throttled') return { kind: 'throttled', by: 'swf', retryAfterMs };
    return { kind: 'unavailable', retryAfterMs };
  };
}
