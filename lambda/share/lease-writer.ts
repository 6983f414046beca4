import type { FairShare, SharedHeartbeat } from './fair-share.ts';
import type { LeaseAnswer } from './lease.ts';
import type { SharedBucket } from './rate-limits.ts';
import type { NeededLease } from './take-tokens.ts';

/** Performs the conditional write of a lease. A failed write is an answer, so it never rejects. */
export type WriteLease = (lease: NeededLease) => Promise<LeaseAnswer>;

type Empty = SharedBucket | undefined;

/** Takes tokens for one heartbeat after the other, so that the entries of a batch share a lease instead of writing one each. */
export class LeaseWriter {
  readonly #share: FairShare;
  #pending: Promise<Empty> | undefined;

  constructor(share: FairShare) {
    this.#share = share;
  }

  /**
   * @returns the bucket that is empty; undefined if SWF may be called. It is a promise only if a lease must be written, or another
   * heartbeat waits for one.
   */
  take(heartbeat: SharedHeartbeat, nowMs: number, write: WriteLease): Empty | Promise<Empty> {
    if (this.#pending !== undefined)
      return this.#queue(this.#pending.then(async () => this.#take(heartbeat, nowMs, write)));
    const taken = this.#take(heartbeat, nowMs, write);
    return taken instanceof Promise ? this.#queue(taken) : taken;
  }

  #take(heartbeat: SharedHeartbeat, nowMs: number, write: WriteLease): Empty | Promise<Empty> {
    const steps = this.#share.takeTokens(heartbeat, nowMs);
    const first = steps.next();
    return first.done === true ? first.value : writeLeases(steps, first.value, write);
  }

  #queue(taken: Promise<Empty>): Promise<Empty> {
    this.#pending = taken;
    return taken.finally(() => {
      if (this.#pending === taken) this.#pending = undefined;
    });
  }
}

async function writeLeases(
  steps: ReturnType<FairShare['takeTokens']>,
  first: NeededLease,
  write: WriteLease,
): Promise<Empty> {
  let step = steps.next(await write(first));
  while (step.done !== true) step = steps.next(await write(step.value));
  return step.value;
}
