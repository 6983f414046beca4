import { randomBytes } from 'node:crypto';
import { apply } from './apply.ts';
import { type Command } from './commands.ts';
import { type Answer, type Engine, type Site } from './engine.ts';
import { internalFailure, invalidToken, SwfFault, unknownOperation } from './faults.ts';
import { Journal } from './journal.ts';
import { listOpenTasks, type OpenTask } from './open-tasks.ts';
import { findOperation } from './operations/catalog.ts';
import { Polls } from './polls.ts';
import { type Bucket, Quotas } from './quotas.ts';
import { emptyState } from './state.ts';
import { nextDeadline } from './timeouts.ts';
import { openToken, sealToken, type TokenContent, type TokenKind } from './tokens.ts';

/** The account of the caller, and the region in the credential scope. */
export interface SwfCaller {
  readonly accountId: string;
  readonly region: string;
}

export interface SwfRequest {
  /** SWF's name for the operation, without the target prefix: `RecordActivityTaskHeartbeat`. */
  readonly operation: string;
  /** The parsed JSON body, not yet validated. */
  readonly input: unknown;
  readonly caller: SwfCaller;
  /**
   * Throws to refuse the request. `handle` calls it once, after it validates the input and before it reads or changes
   * the state. The domain comes from the input or the token; ListDomains has none.
   */
  readonly authorize: (domain: string | undefined) => void;
  /** Aborts when the client disconnects. A poll then ends and takes no task. */
  readonly signal: AbortSignal;
}

export interface LocalSwfOptions {
  /** Created with mode 0600 if it does not exist. Its folder must exist. Only one process may use it. */
  readonly journalFile: string;
  /** Returns epoch milliseconds. After a test moves the clock forward, `tick` expires what is due. */
  readonly clock: () => number;
  /** How long a poll waits for a task. Default: 60,000 (SWF API Reference, PollForActivityTask). */
  readonly pollHoldMs?: number;
  /** Whether to enforce SWF's request quotas, or which ones instead of them. Default: false. */
  readonly quotas?: boolean | ReadonlyMap<string, Bucket>;
  /** How many bytes of commands the journal accepts before it compacts itself. Default: 8 MiB. */
  readonly journalLimitBytes?: number;
}

const POLL_HOLD_MS = 60_000;
const JOURNAL_LIMIT_BYTES = 8 * 1024 * 1024;
/** The largest delay that setTimeout accepts. The timer splits longer delays. */
const MAX_TIMER_MS = 2_147_483_647;

/** The part of Amazon SWF that an activity task needs, for any number of accounts and regions. */
export class LocalSwf {
  readonly #clock: () => number;
  readonly #journal: Journal;
  readonly #key: Buffer;
  readonly #polls: Polls;
  readonly #quotas: Quotas | undefined;
  /** The time of the current request in epoch milliseconds. Each request reads the clock once. */
  #now = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The next timeout, found when the state last changed. */
  #due: number | undefined;
  #unusable: string | undefined;

  private constructor(options: LocalSwfOptions) {
    this.#clock = options.clock;
    const fresh = () => emptyState(randomBytes(32).toString('base64'));
    this.#journal = new Journal(options.journalFile, options.journalLimitBytes ?? JOURNAL_LIMIT_BYTES, fresh);
    this.#key = Buffer.from(this.#journal.state.key, 'base64');
    this.#polls = new Polls(options.pollHoldMs ?? POLL_HOLD_MS);
    const { quotas = false } = options;
    this.#quotas = quotas === false ? undefined : new Quotas(quotas === true ? undefined : quotas);
  }

  /** Continues from the end of the journal, and expires what is due. @throws JournalDamagedError */
  static open(options: LocalSwfOptions): LocalSwf {
    const swf = new LocalSwf(options);
    swf.#due = nextDeadline(swf.#journal.state);
    swf.tick();
    return swf;
  }

  /**
   * Answers one request; undefined is an empty body. Checks in this order: the operation, the input, the token, the
   * authorization, the quota, the state. Throws SwfFault, or what `authorize` throws.
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

  /** Lists the open activity tasks of all domains or of one, the newest first. @throws SwfFault */
  listOpenTasks({ accountId, region }: SwfCaller, domain?: string): OpenTask[] {
    this.tick();
    return listOpenTasks(this.#journal.state, { accountId, region }, domain);
  }

  /** Expires what is due. A timer calls it at the next deadline. Throws SwfFault after `close`. */
  tick(): void {
    this.#assertUsable();
    this.#now = this.#clock();
    if (this.#due !== undefined && this.#due <= this.#now) this.#execute({ kind: 'tick' });
    else this.#armTimer();
  }

  /** Ends waiting polls with the empty answer, clears timers and closes the file. Later requests fail. */
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
      // Looks like SWF's own run ids. It must not be an integer: JavaScript moves integer keys to the front of a record.
      newRunId: () => `22${randomBytes(32).toString('base64')}`,
    };
  }

  #open(kind: TokenKind, token: string, { accountId, region }: Site): TokenContent {
    const content = openToken(this.#key, kind, token);
    if (content.accountId !== accountId || content.region !== region) throw invalidToken();
    return content;
  }

  /** Expires what became due while the poll waited, so that the poll can't take an expired task. */
  #takeNow<T>(take: () => T | undefined): T | undefined {
    this.tick();
    return take();
  }

  /**
   * Performs a command and writes it to the journal, before anything answers from the new state. The command runs at
   * the time of the last tick, so that a refused command expires nothing.
   */
  #execute(command: Command): void {
    this.#assertUsable();
    this.#perform(command, this.#now);
    this.#due = nextDeadline(this.#journal.state);
    this.#armTimer();
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
      // The state may be ahead of the file, or half changed. Only the file is reliable.
      this.#unusable = error instanceof Error ? error.message : 'a command failed';
      throw error;
    }
  }

  /** Ignores a failure: the next request reports it, because the local SWF is then unusable. */
  #tickByTimer(): void {
    try {
      this.tick();
    } catch {
      clearTimeout(this.#timer);
    }
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    if (this.#due === undefined) return;
    const wait = Math.min(Math.max(1, this.#due - this.#clock()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#tickByTimer(), wait).unref();
  }
}
