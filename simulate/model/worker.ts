import type { SharedHeartbeat } from '../../lambda/share/fair-share.ts';
import type { Actor } from './agenda.ts';
import type { Answer } from './answer.ts';
import type { GroupStatistics } from './statistics.ts';
import { isTimedOut, type Swf } from './swf.ts';
import { Task } from './task.ts';

export interface WorkerOptions {
  readonly name: string;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Pace and buckets. */
  readonly heartbeat: Omit<SharedHeartbeat, 'task'>;
  readonly send: (task: Task, heartbeat: SharedHeartbeat, nowMs: number) => Answer;
  /** After this many failures in a row the worker waits for its next heartbeat. */
  readonly maxAttempts: number;
  readonly statistics: GroupStatistics;
  readonly random: () => number;
}

/** Workers spread their heartbeats by this share of the interval, as docs/worker.md asks. */
const SPREAD = 0.1;

/** Without a hint. */
const RETRY_AFTER_MS = 1_000;

/** After this time a run has settled. */
const SETTLED_AFTER_MS = 5_000;

/** A worker that follows docs/worker.md. When its task is over, it takes the next one. */
export class Worker implements Actor {
  readonly #options: WorkerOptions;
  #task: Task;
  #heartbeat: SharedHeartbeat;
  #tasks = 0;
  #failures = 0;

  constructor(options: WorkerOptions, nowMs: number) {
    this.#options = options;
    [this.#task, this.#heartbeat] = this.#nextTask(nowMs);
  }

  act(nowMs: number): number {
    const { send, intervalMs, maxAttempts, random } = this.#options;
    const answer = send(this.#task, this.#heartbeat, nowMs);
    this.#count(answer, nowMs);
    if (answer.kind === 'closed' || answer.cancelRequested === true) this.#endTask(answer, nowMs);
    const usualMs = intervalMs * (1 - SPREAD * random());
    if (answer.kind !== 'throttled' && answer.kind !== 'unavailable') {
      this.#failures = 0;
      return nowMs + usualMs;
    }
    const pauseMs = (answer.retryAfterMs ?? RETRY_AFTER_MS) * 2 ** this.#failures;
    this.#failures += 1;
    if (this.#failures < maxAttempts) return nowMs + Math.min(usualMs, pauseMs);
    this.#failures = 0;
    return nowMs + usualMs;
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
