import { BoundedMap } from '../bounded-map.ts';
import type { KeyId } from './worker-key.ts';
import type { Deadline } from '../http/deadline.ts';
import type { Trace } from '../http/trace.ts';

/** Notes that a key was verified good today; undefined where that is known already. Rejects where it can't be stored. */
export type RecordKeyUse = (keyId: KeyId, deadline: Deadline) => Promise<void> | undefined;

/** Some 100 bytes each. A key that falls out costs one write more. */
const MAX_KEYS = 10_000;

/** While the table can't be written, one request a minute and container finds that out, not each. */
const PAUSE_MS = 60_000;

const DAY_MS = 86_400_000;

/** On which day each key was last noted by this container: at most one write a key and day. */
export class KeyUseDays {
  /** Days since 1970, UTC. */
  readonly #notedOn = new BoundedMap<KeyId, number>(MAX_KEYS);
  #pausedUntilMs = 0;

  /**
   * Takes it on to note a key's use, so that no request beside it does too.
   *
   * @returns the day (`YYYY-MM-DD`, UTC) to store; undefined where nothing is to be stored now.
   */
  take(keyId: KeyId, nowMs: number): string | undefined {
    const today = Math.floor(nowMs / DAY_MS);
    const notedOn = this.#notedOn.get(keyId);
    if (nowMs < this.#pausedUntilMs || (notedOn !== undefined && notedOn >= today)) return undefined;
    this.#notedOn.set(keyId, today);
    return new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length);
  }

  /** Storing it failed: it is still to be done, by a later request. */
  giveBack(keyId: KeyId, nowMs: number): void {
    this.#notedOn.delete(keyId);
    this.#pausedUntilMs = nowMs + PAUSE_MS;
  }
}

/**
 * Does a request's work and notes its key's use beside it. Both are awaited, for Lambda stops the container once it has
 * its answer. A note that fails is told of, and changes nothing else.
 */
export function withKeyUse<T>(
  recordKeyUse: RecordKeyUse,
  { keyId, deadline, trace }: { readonly keyId: KeyId; readonly deadline: Deadline; readonly trace: Trace },
  work: () => Promise<T>,
): Promise<T> {
  const noting = recordKeyUse(keyId, deadline);
  if (noting === undefined) return work();
  const noted = noting.catch(() => {
    trace.sideEvents.add('KeyUseWriteFailed');
  });
  return beside(noted, work);
}

async function beside<T>(other: Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await other;
  }
}
