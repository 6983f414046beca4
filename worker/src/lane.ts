import { type RawAnswer, toMembers } from './answer.ts';
import { NoAnswerError } from './no-answer-error.ts';

/** How a lane sends one request. */
export type Send = (request: {
  readonly path: string;
  readonly body: string;
  readonly patienceMs: number;
}) => Promise<RawAnswer>;

/** What a task sends. */
export interface Entry {
  readonly path: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** How long the task waits for the answer, the time in this queue included. */
  readonly patienceMs: number;
  /** How long the request may wait for others, to go out with them. */
  readonly windowMs: number;
}

interface Waiting {
  readonly path: string;
  readonly body: string;
  readonly untilMs: number;
  readonly resolve: (answer: RawAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** However many tasks: so many connections to a relay at the same time. */
const MAX_CONNECTIONS = 8;

/** The relay's limit. */
const MAX_ENTRIES = 100;
/** The relay takes 512 KiB. */
const MAX_CHARACTERS = 480_000;

/** The entries of a batch wait equally long. Those that may wait much longer go with the next one. */
const SIMILAR = 2;

/** Waiting for others takes no more than one of so many parts of a task's patience. */
const PARTS = 4;

const BATCHED_PATH = 'heartbeats';

/**
 * The requests to one relay, with one key, for one domain. Heartbeats of several tasks share a request. A task that is alone
 * sends the same as if there were no batches.
 */
export class Lane {
  readonly #send: Send;
  readonly #now: () => number;
  readonly #waiting: Waiting[] = [];
  #connections = 0;
  /** An older relay does not know batches. */
  #batches = true;
  #timer: { readonly timeout: NodeJS.Timeout; readonly atMs: number } | undefined;

  constructor(send: Send, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** Rejects with `NoAnswerError`. */
  exchange({ path, members, patienceMs, windowMs }: Entry): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const untilMs = this.#now() + patienceMs;
      this.#waiting.push({ path, body: JSON.stringify(members), untilMs, resolve, reject });
      this.#flushIn(path === BATCHED_PATH ? Math.min(windowMs, patienceMs / PARTS) : 0);
    });
  }

  #flushIn(windowMs: number): void {
    if (windowMs <= 0) {
      this.#flush();
      return;
    }
    const atMs = this.#now() + windowMs;
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    clearTimeout(this.#timer?.timeout);
    this.#timer = { timeout: setTimeout(() => this.#flush(), windowMs), atMs };
  }

  #flush(): void {
    clearTimeout(this.#timer?.timeout);
    this.#timer = undefined;
    this.#rejectLate();
    while (this.#connections < MAX_CONNECTIONS && this.#waiting.length > 0) void this.#run(this.#take());
    // With every connection taken, somebody must tell those whose time is over.
    const next = Math.min(...this.#waiting.map(({ untilMs }) => untilMs));
    if (Number.isFinite(next)) this.#flushIn(Math.max(1, next - this.#now()));
  }

  #rejectLate(): void {
    const nowMs = this.#now();
    const late = this.#waiting.filter(({ untilMs }) => untilMs <= nowMs);
    for (const each of late) {
      this.#waiting.splice(this.#waiting.indexOf(each), 1);
      each.reject(new NoAnswerError('no answer', new Error('no connection was free in time')));
    }
  }

  /** Whoever has the least time left goes first, with those that have about as much. */
  #take(): readonly Waiting[] {
    const nowMs = this.#now();
    this.#waiting.sort((one, other) => one.untilMs - other.untilMs);
    const [first] = this.#waiting;
    if (first === undefined) return [];
    if (first.path !== BATCHED_PATH || !this.#batches) return this.#waiting.splice(0, 1);
    const latestMs = Math.max(first.untilMs, nowMs + SIMILAR * (first.untilMs - nowMs));
    let characters = 0;
    const taken = this.#waiting
      .filter(({ path, untilMs }) => path === BATCHED_PATH && untilMs <= latestMs)
      .slice(0, MAX_ENTRIES)
      .filter(({ body }, index) => (characters += body.length * BYTES_AT_MOST) <= MAX_CHARACTERS || index === 0);
    for (const each of taken) this.#waiting.splice(this.#waiting.indexOf(each), 1);
    return taken;
  }

  async #run(taken: readonly Waiting[]): Promise<void> {
    this.#connections += 1;
    try {
      const answers = await this.#answersOf(taken);
      for (const [index, each] of taken.entries()) {
        const answer = answers?.[index];
        if (answer === undefined) this.#waiting.push(each);
        else each.resolve(answer);
      }
    } catch (error) {
      for (const { reject } of taken) reject(error);
    } finally {
      this.#connections -= 1;
      this.#flush();
    }
  }

  /** Undefined if the relay knows no batches: each must go alone. */
  async #answersOf(taken: readonly Waiting[]): Promise<readonly RawAnswer[] | undefined> {
    const [first] = taken;
    if (first === undefined) return [];
    const { path } = first;
    const patienceMs = first.untilMs - this.#now();
    if (taken.length === 1) return [await this.#send({ path, body: first.body, patienceMs })];
    const body = `{"heartbeats":[${taken.map((each) => each.body).join(',')}]}`;
    const answer = await this.#send({ path, body, patienceMs });
    if (answer.status === 400 || answer.status === 413) {
      this.#batches = false;
      return undefined;
    }
    return toAnswers(answer, taken.length);
  }
}

/** In UTF-8, of one character of JavaScript. */
const BYTES_AT_MOST = 3;

/** Each result as if it had been answered alone. Any other answer is about the request: it closes no task and records nothing. */
function toAnswers(answer: RawAnswer, count: number): readonly RawAnswer[] {
  const results: unknown = toMembers(answer.body)?.['results'];
  if (answer.status === 200 && Array.isArray(results) && results.length === count)
    return results.map((result: unknown) => toAnswer(answer, result));
  const isMisleading = answer.status === 200 || answer.status === 410;
  return Array.from({ length: count }, () => (isMisleading ? { ...answer, body: '' } : answer));
}

function toAnswer({ date }: RawAnswer, result: unknown): RawAnswer {
  const members: Readonly<Record<string, unknown>> =
    typeof result === 'object' && result !== null ? Object.fromEntries(Object.entries(result)) : {};
  const { status, retryAfterSeconds } = members;
  return {
    status: typeof status === 'number' ? status : 0,
    retryAfter: typeof retryAfterSeconds === 'number' ? String(retryAfterSeconds) : undefined,
    date,
    body: JSON.stringify(members),
  };
}
