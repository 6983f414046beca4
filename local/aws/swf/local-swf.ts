import { randomBytes } from 'node:crypto';
import { apply } from './apply.ts';
import { type Command } from './commands.ts';
import { type Answer, type Engine, type Site } from './engine.ts';
import { internalFailure, invalidToken, SwfFault, unknownOperation } from './faults.ts';
import { Journal } from './journal.ts';
import { listOpenActivities, type OpenActivity } from './open-activities.ts';
import { findOperation } from './operations/catalog.ts';
import { Polls } from './polls.ts';
import { Quotas } from './quotas.ts';
import { emptyState } from './state.ts';
import { nextDeadline } from './timeouts.ts';
import { openToken, sealToken, type TokenContent, type TokenKind } from './tokens.ts';

/** Who calls: the account and region that the request was signed for. */
export interface SwfCaller {
  readonly accountId: string;
  readonly region: string;
}

export interface SwfRequest {
  /** SWF's name of the operation, without the target prefix: `RecordActivityTaskHeartbeat`. */
  readonly operation: string;
  /** The parsed JSON body, not yet validated. */
  readonly input: unknown;
  readonly caller: SwfCaller;
  /**
   * Called once, after validation and once the domain is known (from the input or the token), before anything
   * is read or changed; throws to refuse. `undefined` for ListDomains, which has no domain.
   */
  readonly authorize: (domain: string | undefined) => void;
  /** Fires when the client has gone: a poll then ends without taking a task. */
  readonly signal: AbortSignal;
}

export interface LocalSwfOptions {
  /** Made with mode 0600 where it does not exist; its folder must. One process at a time. */
  readonly journalFile: string;
  /** Epoch milliseconds. May be moved forward at will; `tick` then expires what is due. */
  readonly clock: () => number;
  /** How long a poll without work is held; SWF's 60,000 when absent (SWF API Reference, PollForActivityTask). */
  readonly pollHoldMs?: number;
  /** Whether SWF's request quotas are enforced; false when absent. */
  readonly quotas?: boolean;
  /** How many bytes of commands the journal takes before it is compacted; 8 MiB when absent. */
  readonly journalLimitBytes?: number;
}

const POLL_HOLD_MS = 60_000;
const JOURNAL_LIMIT_BYTES = 8 * 1024 * 1024;
/** setTimeout takes 31 bits; a longer wait is taken in parts. */
const MAX_TIMER_MS = 2_147_483_647;

/** Amazon SWF on this machine, for any number of accounts and regions, as far as an activity task's life needs it. */
export class LocalSwf {
  readonly #clock: () => number;
  readonly #journal: Journal;
  readonly #key: Buffer;
  readonly #polls: Polls;
  readonly #quotas: Quotas | undefined;
  /** The time that requests are performed at, epoch milliseconds: read once for each. */
  #now = 0;
  #timer: NodeJS.Timeout | undefined;
  #unusable: string | undefined;

  private constructor(options: LocalSwfOptions) {
    this.#clock = options.clock;
    const fresh = () => emptyState(randomBytes(32).toString('base64'));
    this.#journal = new Journal(options.journalFile, options.journalLimitBytes ?? JOURNAL_LIMIT_BYTES, fresh);
    this.#key = Buffer.from(this.#journal.state.key, 'base64');
    this.#polls = new Polls(options.pollHoldMs ?? POLL_HOLD_MS);
    this.#quotas = options.quotas === true ? new Quotas() : undefined;
  }

  /** Goes on where the journal ends, and expires what fell due meanwhile. Throws JournalDamagedError. */
  static open(options: LocalSwfOptions): LocalSwf {
    const swf = new LocalSwf(options);
    swf.tick();
    return swf;
  }

  /**
   * Answers one request; undefined means an empty body. Rejects with SwfFault, or with what `authorize` throws.
   * The order of refusals: unknown operation, input, token, authorization, quota, then the state.
   */
  async handle(request: SwfRequest): Promise<Record<string, unknown> | undefined> {
    const { operation, caller, signal } = request;
    this.#assertUsable();
    const found = findOperation(operation);
    if (found === undefined) throw unknownOperation();
    const { domain, perform, ...run } = found.prepare(this.#engine, request.input, caller);
    request.authorize(domain);
    this.#quotas?.take({ accountId: caller.accountId, region: caller.region, operation, ...run }, this.#clock());
    this.tick();
    const answer: Answer = await perform(signal);
    return answer;
  }

  /** Every open activity task with its last heartbeat, the newest first. */
  listOpenActivities(): readonly OpenActivity[] {
    this.tick();
    return listOpenActivities(this.#journal.state, (content) => sealToken(this.#key, content));
  }

  /** Expires what is due, after the clock was moved. A timer does the same at the next deadline. Throws SwfFault once closed. */
  tick(): void {
    this.#assertUsable();
    this.#now = this.#clock();
    const due = nextDeadline(this.#journal.state);
    if (due !== undefined && due <= this.#now) this.#execute({ kind: 'tick' });
    else this.#armTimer(due);
  }

  /** Ends held polls with the empty answer, clears timers, closes the file. Any later request is refused. */
  close(): void {
    if (this.#unusable === 'closed') return;
    this.#unusable = 'closed';
    clearTimeout(this.#timer);
    this.#polls.close();
    this.#journal.close();
  }

  readonly #engine: Engine = this.#makeEngine();

  #makeEngine(): Engine {
    const state = () => this.#journal.state;
    return {
      get state() {
        return state();
      },
      execute: (command) => this.#execute(command),
      hold: (queue, take, signal) => this.#polls.wait(queue, () => this.#takeNow(take), signal),
      seal: (content) => sealToken(this.#key, content),
      open: (kind, token, site) => this.#open(kind, token, site),
      // Alike to SWF's own, and never a plain number: those would lose their place in the order of a record's keys.
      newRunId: () => `22${randomBytes(32).toString('base64')}`,
    };
  }

  #open(kind: TokenKind, token: string, { accountId, region }: Site): TokenContent {
    const content = openToken(this.#key, kind, token);
    if (content.accountId !== accountId || content.region !== region) throw invalidToken();
    return content;
  }

  /** What fell due while a poll was held must be gone before the poll looks for a task. */
  #takeNow<T>(take: () => T | undefined): T | undefined {
    this.tick();
    return take();
  }

  /**
   * Performs a command, then journals it; only then is anything answered or served from the new state. It is
   * performed at the time of the last tick, so that a command that is refused has expired nothing on the way.
   */
  #execute(command: Command): void {
    this.#assertUsable();
    this.#perform(command, this.#now);
    this.#armTimer(nextDeadline(this.#journal.state));
    this.#polls.serve();
  }

  #assertUsable(): void {
    if (this.#unusable !== undefined) throw internalFailure(`The local SWF can't be used: ${this.#unusable}`);
  }

  #perform(command: Command, now: number): void {
    try {
      apply(this.#journal.state, command, now);
      this.#journal.append(now, command);
    } catch (error) {
      if (error instanceof SwfFault) throw error;
      // The state is ahead of the file now, or half changed: only the file can be trusted.
      this.#unusable = error instanceof Error ? error.message : 'a command failed';
      throw error;
    }
  }

  /** No one is there to tell of a failure, but the next request is: it finds the emulator unusable. */
  #tickByTimer(): void {
    try {
      this.tick();
    } catch {
      clearTimeout(this.#timer);
    }
  }

  #armTimer(due: number | undefined): void {
    clearTimeout(this.#timer);
    if (due === undefined) return;
    const wait = Math.min(Math.max(1, due - this.#clock()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#tickByTimer(), wait).unref();
  }
}
