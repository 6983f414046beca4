import { type Outcome, REFUSALS, toFailed, type RawAnswer, toMembers, toOutcome } from './answer.ts';
import type { Clock } from './clock.ts';
import type { End, EndOutcome, HeartbeatEvent } from './events.ts';
import { NoAnswerError } from './no-answer-error.ts';
import { canStart, toIntervalMs, toNextAtMs, toPatienceMs, toPauseMs } from './schedule.ts';

/** What the keeper of a task does its work with. */
export interface KeeperParts {
  readonly timeoutSeconds: number;
  readonly now: Clock;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** How long `exchange` may wait before it sends: so much earlier the next heartbeat begins. */
  readonly leadMs: () => number;
  /** May be early or late. */
  readonly sleep: (delayMs: number) => Promise<void>;
  readonly exchange: (path: string, members: object, patienceMs: number) => Promise<RawAnswer>;
  readonly readDetails: (patienceMs: number) => Promise<string | undefined>;
  readonly emit: (event: HeartbeatEvent) => void;
  readonly recordedSince: (sentAtMs: number) => void;
}

const LONGEST_END_PAUSE_MS = 60_000;
const MS = 1_000;

/** Keeps one task alive, with one request at a time, until it is closed, lost or ended. */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #timeoutMs: number;
  #endsAtMs: number;
  #failures = 0;
  #paces: boolean | undefined;
  #stopped = false;
  #nextAtMs = 0;

  /** @param recordedSinceMs when the last recorded heartbeat was sent, or when the worker started. */
  constructor(parts: KeeperParts, recordedSinceMs: number) {
    this.#parts = parts;
    this.#timeoutMs = parts.timeoutSeconds * MS;
    this.#endsAtMs = recordedSinceMs + this.#timeoutMs;
  }

  /** Ends after the request that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** @returns what ended the task; undefined if `stop` did. */
  async keep(): Promise<'closed' | 'lost' | undefined> {
    for (;;) {
      if (this.#stopped) return undefined;
      if (this.#remainingMs() <= 0) return this.#lose();
      if (await this.#isDue()) {
        const isClosed = await this.#attempt();
        if (isClosed) return this.#close();
      }
    }
  }

  /** Sends the end until it is known, or the task is lost. */
  async end({ path, members }: End): Promise<EndOutcome> {
    this.#failures = 0;
    this.#nextAtMs = 0;
    while (this.#remainingMs() > 0) {
      if (await this.#isDue()) {
        const outcome = await this.#attemptEnd(path, members);
        if (outcome !== undefined) return outcome;
      }
    }
    return 'lost';
  }

  /** Waits for a moment if it is too early, or too late. */
  async #isDue(): Promise<boolean> {
    const remainingMs = this.#remainingMs();
    const waitMs = Math.min(this.#nextAtMs - this.#parts.now(), remainingMs);
    if (waitMs <= 0 && canStart(remainingMs)) return true;
    await this.#parts.sleep(waitMs <= 0 ? remainingMs : waitMs);
    return false;
  }

  async #attempt(): Promise<boolean> {
    const { now, exchange, readDetails } = this.#parts;
    const sentAtMs = now();
    const outcome = await this.#toOutcome(async () => {
      const details = await readDetails(toPatienceMs(this.#remainingMs()));
      const pace = {
        heartbeatTimeoutSeconds: this.#parts.timeoutSeconds,
        nextHeartbeatSeconds: this.#intervalSeconds(),
      };
      return toOutcome(await exchange('heartbeats', { details, ...pace }, toPatienceMs(this.#remainingMs())));
    });
    if (outcome.kind === 'closed') return true;
    if (outcome.kind === 'failed') this.#fail(outcome.hintMs);
    else this.#succeed(sentAtMs, outcome);
    this.#tell(outcome);
    return false;
  }

  async #toOutcome(attempt: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await attempt();
    } catch (error) {
      const { reason } = error instanceof NoAnswerError ? error : new NoAnswerError('no answer', error);
      return { kind: 'failed', reason, cancelRequested: false, hintMs: 0 };
    }
  }

  #succeed(sentAtMs: number, outcome: Outcome & { kind: 'recorded' | 'paced' }): void {
    this.#failures = 0;
    if (outcome.kind === 'recorded') this.#recordedSince(sentAtMs);
    else if (outcome.acceptedAgoMs !== undefined) this.#recordedSince(sentAtMs - outcome.acceptedAgoMs);
    this.#paces = outcome.kind === 'paced' || outcome.paces;
    const chance = this.#parts.chance();
    const next = { timeoutMs: this.#timeoutMs, paces: this.#paces, chance };
    this.#nextAtMs = toNextAtMs(sentAtMs, next) - this.#parts.leadMs();
  }

  #recordedSince(sentAtMs: number): void {
    if (sentAtMs + this.#timeoutMs <= this.#endsAtMs) return;
    this.#endsAtMs = sentAtMs + this.#timeoutMs;
    this.#parts.recordedSince(sentAtMs);
  }

  #fail(hintMs: number): void {
    this.#failures += 1;
    const { now, chance } = this.#parts;
    const remainingMs = Math.max(0, this.#remainingMs());
    const failure = { failures: this.#failures, hintMs, remainingMs, timeoutMs: this.#timeoutMs, chance: chance() };
    this.#nextAtMs = now() + Math.max(0, toPauseMs(failure) - this.#parts.leadMs());
  }

  #tell(outcome: Exclude<Outcome, { kind: 'closed' }>): void {
    const { emit } = this.#parts;
    if (outcome.cancelRequested) emit({ event: 'cancelRequested', message: 'cancel requested' });
    else if (outcome.kind === 'recorded') emit({ event: 'recorded', message: 'recorded' });
    else if (outcome.kind === 'failed') emit({ event: 'notRecorded', message: `not recorded: ${outcome.reason}` });
  }

  async #attemptEnd(path: string, members: object): Promise<EndOutcome | undefined> {
    let reason: string;
    let hintMs = 0;
    try {
      const answer = await this.#parts.exchange(path, members, toPatienceMs(this.#remainingMs()));
      if (answer.status === 200 && toMembers(answer.body)?.['state'] === 'closed') return 'reported';
      if (toOutcome(answer).kind === 'closed') return 'closed';
      ({ reason, hintMs } = toFailed(answer));
      if (REFUSALS.has(answer.status)) {
        this.#parts.emit({ event: 'notReported', message: `not reported: ${reason}` });
        return 'refused';
      }
    } catch (error) {
      ({ reason } = error instanceof NoAnswerError ? error : new NoAnswerError('no answer', error));
    }
    this.#fail(hintMs);
    this.#nextAtMs = Math.min(this.#nextAtMs, this.#parts.now() + LONGEST_END_PAUSE_MS);
    this.#parts.emit({ event: 'notReported', message: `not reported: ${reason}` });
    return undefined;
  }

  #lose(): 'lost' {
    const message = `nothing recorded for ${this.#parts.timeoutSeconds} s`;
    this.#parts.emit({ event: 'lost', message });
    return 'lost';
  }

  #close(): 'closed' {
    this.#parts.emit({ event: 'closed', message: 'task closed' });
    return 'closed';
  }

  #intervalSeconds(): number {
    return Math.ceil(toIntervalMs(this.#timeoutMs, this.#paces ?? true) / MS);
  }

  #remainingMs(): number {
    return this.#endsAtMs - this.#parts.now();
  }
}
