import { BoundedMap } from '../../lambda/bounded-map.ts';
import type { CallOutcome } from '../../lambda/share/costs.ts';
import { FairShare, type FairShareOptions, type SharedHeartbeat } from '../../lambda/share/fair-share.ts';
import type { Answer } from './answer.ts';
import type { Statistics } from './statistics.ts';
import type { Swf, SwfAnswer } from './swf.ts';
import type { Leases } from './tables.ts';
import type { Row, Task } from './task.ts';

/**
 * Milliseconds that a container is busy. They are assumptions, but for SWF's timeout, which is the function's. They decide how many
 * containers a load needs, and the cost of Lambda, not what is decided.
 */
const BUSY_MS = { request: 3, read: 4, write: 6, call: 25, retryDelay: 50, timeout: 2_000 } as const;

/** A row is written at most once a minute, task and container if nothing changes and the task is not paced. */
const STALE_AFTER_MS = 60_000;

/** As many as the function remembers. */
const MAX_TASKS = 10_000;

const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';

const CLOSED: Answer = { kind: 'closed' };
const CANCELED: Answer = { kind: 'paced', cancelRequested: true };

export interface World {
  readonly swf: Swf;
  readonly leases: Leases;
  readonly statistics: Statistics;
}

/** One container of the function. What it decides, it decides by the function's own code. */
export class Container {
  busyUntilMs = -Infinity;
  readonly #world: World;
  readonly #share: FairShareOptions;
  #fairShare: FairShare;
  #writtenAtMs = new BoundedMap<Task, number>(MAX_TASKS);

  constructor(world: World, share: FairShareOptions) {
    this.#world = world;
    this.#share = share;
    this.#fairShare = new FairShare(share);
  }

  /** A new container knows nothing. */
  restart(): void {
    this.#fairShare = new FairShare(this.#share);
    this.#writtenAtMs = new BoundedMap(MAX_TASKS);
    this.busyUntilMs = -Infinity;
  }

  handle(task: Task, heartbeat: SharedHeartbeat, nowMs: number): Answer {
    this.busyUntilMs = nowMs;
    this.#work(BUSY_MS.request);
    this.#world.statistics.invocations += 1;
    const answer = this.#answer(task, heartbeat, nowMs);
    this.#world.statistics.busyMs += this.busyUntilMs - nowMs;
    return answer;
  }

  #answer(task: Task, heartbeat: SharedHeartbeat, nowMs: number): Answer {
    const remembered = this.#fairShare.remembered(heartbeat, nowMs);
    if (remembered?.kind === 'closed') return CLOSED;
    if (remembered?.kind === 'hanging')
      return { kind: 'unavailable', retryAfterMs: this.#hint(heartbeat, false, nowMs) };
    const decision = this.#fairShare.decide(heartbeat, this.#read(task, heartbeat), nowMs);
    if (decision.kind === 'closed') return CLOSED;
    if (decision.kind === 'paced') return { kind: 'paced', cancelRequested: decision.row.cancelRequested };
    const by = this.#takeTokens(heartbeat, nowMs);
    if (by === undefined) return this.#forward(task, heartbeat, nowMs);
    return this.#recall(task) ?? { kind: 'throttled', by, retryAfterMs: this.#hint(heartbeat, true, nowMs) };
  }

  #read(task: Task, { pace }: SharedHeartbeat): Row | undefined {
    if (pace === undefined) return undefined;
    this.#work(BUSY_MS.read);
    this.#world.statistics.reads += 1;
    return task.row;
  }

  #takeTokens(heartbeat: SharedHeartbeat, nowMs: number): 'key' | 'domain' | undefined {
    const steps = this.#fairShare.takeTokens(heartbeat, nowMs);
    let step = steps.next();
    while (step.done !== true) {
      this.#work(BUSY_MS.write);
      step = steps.next(this.#world.leases.write(step.value));
    }
    if (step.value === undefined) return undefined;
    return step.value.name.startsWith('key/') ? 'key' : 'domain';
  }

  #forward(task: Task, heartbeat: SharedHeartbeat, nowMs: number): Answer {
    const answer = this.#call(task, nowMs);
    const outcome: CallOutcome = answer.kind;
    const closedText = outcome === 'closed' ? CLOSED_TEXT : undefined;
    this.#fairShare.settle(heartbeat, { outcome, hasRow: task.row !== undefined, closedText }, nowMs);
    this.#remember(task, heartbeat, answer, nowMs);
    return this.#toAnswer(task, heartbeat, answer, nowMs);
  }

  /** The function calls SWF once more after an error, but not after a timeout. */
  #call(task: Task, nowMs: number): SwfAnswer {
    const answer = this.#callOnce(task, nowMs);
    if (answer.kind !== 'failed') return answer;
    this.#work(BUSY_MS.retryDelay);
    return this.#callOnce(task, nowMs);
  }

  #callOnce(task: Task, nowMs: number): SwfAnswer {
    const answer = this.#world.swf.heartbeat(task, nowMs);
    this.#world.statistics.countCall(nowMs, answer.kind === 'throttled');
    this.#work(answer.kind === 'timedOut' ? BUSY_MS.timeout : BUSY_MS.call);
    return answer;
  }

  #toAnswer(task: Task, heartbeat: SharedHeartbeat, answer: SwfAnswer, nowMs: number): Answer {
    switch (answer.kind) {
      case 'accepted':
        return { kind: 'recorded', cancelRequested: answer.cancelRequested };
      case 'closed':
      case 'refused':
        return { kind: answer.kind };
      case 'throttled':
        return (
          this.#recall(task) ?? { kind: 'throttled', by: 'swf', retryAfterMs: this.#hint(heartbeat, false, nowMs) }
        );
      case 'failed':
      case 'timedOut': {
        const tookMs = answer.kind === 'timedOut' ? BUSY_MS.timeout : 0;
        const retryAfterMs = this.#hint(heartbeat, false, nowMs);
        return this.#recall(task) ?? { kind: 'unavailable', retryAfterMs, tookMs };
      }
    }
  }

  /** SWF was not asked, throttled or failed: a stored end or cancel request answers. */
  #recall(task: Task): Answer | undefined {
    this.#work(BUSY_MS.read);
    this.#world.statistics.reads += 1;
    if (task.row?.state === 'closed') return CLOSED;
    return task.row?.cancelRequested === true ? CANCELED : undefined;
  }

  #remember(task: Task, { pace }: SharedHeartbeat, answer: SwfAnswer, nowMs: number): void {
    if (answer.kind === 'closed' && task.row === undefined) return;
    if (answer.kind !== 'accepted' && answer.kind !== 'closed') return;
    const cancelRequested = answer.kind === 'accepted' && answer.cancelRequested;
    const isKnown =
      task.row?.state === 'open' && answer.kind === 'accepted' && task.row.cancelRequested === cancelRequested;
    if (pace === undefined && isKnown && this.#isFresh(task, nowMs)) return;
    this.#work(BUSY_MS.write);
    this.#world.statistics.rowWrites += 1;
    if (pace === undefined) this.#writtenAtMs.set(task, nowMs);
    task.row =
      answer.kind === 'closed'
        ? { state: 'closed', cancelRequested: false, observedAtMs: nowMs, closedText: CLOSED_TEXT }
        : {
            state: 'open',
            cancelRequested,
            observedAtMs: nowMs,
            ...(pace === undefined ? {} : { acceptedAtMs: nowMs }),
          };
  }

  #isFresh(task: Task, nowMs: number): boolean {
    return nowMs - (this.#writtenAtMs.get(task) ?? -Infinity) <= STALE_AFTER_MS;
  }

  #hint(heartbeat: SharedHeartbeat, isBucketEmpty: boolean, nowMs: number): number {
    return 1000 * this.#fairShare.retryAfterSeconds(heartbeat, isBucketEmpty, nowMs);
  }

  #work(ms: number): void {
    this.busyUntilMs += ms;
  }
}
