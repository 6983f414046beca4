import { BoundedMap } from './bounded-map.ts';
import type { KeyId } from './core/worker-key.ts';
import type { Deadline } from './deadline.ts';
import type { Trace } from './trace.ts';

/** Notes that a key was verified good today. Throws where that could not be stored; not every call stores. */
export type NoteKeyUse = (keyId: KeyId, deadline: Deadline) => Promise<void>;

/** Some 100 bytes each. A key that falls out costs one write more. */
const MAX_KEYS = 10_000;

/** While the table can't be written, one request a minute and container finds that out, not each. */
const PAUSE_MS = 60_000;

/** On which day each key was last noted by this container: at most one write a key and day. */
export class KeyUseDays {
  readonly #notedOn = new BoundedMap<KeyId, string>(MAX_KEYS);
  #pausedUntilMs = 0;

  /**
   * Takes it on to note a key's use, so that no request beside it does too.
   *
   * @returns the day (`YYYY-MM-DD`, UTC) to store; undefined where nothing is to be stored now.
   */
  take(keyId: KeyId, nowMs: number): string | undefined {
    const day = new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length);
    const notedOn = this.#notedOn.get(keyId);
    if (nowMs < this.#pausedUntilMs || (notedOn !== undefined && notedOn >= day)) return undefined;
    this.#notedOn.set(keyId, day);
    return day;
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
export async function withKeyUse<T>(
  noteKeyUse: NoteKeyUse,
  { keyId, deadline, trace }: { readonly keyId: KeyId; readonly deadline: Deadline; readonly trace: Trace },
  work: () => Promise<T>,
): Promise<T> {
  const noted = noteKeyUse(keyId, deadline).catch(() => {
    trace.sideEvents.add('KeyUseWriteFailed');
  });
  try {
    return await work();
  } finally {
    await noted;
  }
}
