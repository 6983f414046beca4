import { BoundedMap } from '../bounded-map.ts';
import type { KeyId } from './worker-key.ts';
import type { Deadline } from '../http/deadline.ts';
import type { Trace } from '../http/trace.ts';

/**
 * Stores that a verified key was used today. Returns undefined if no write is due. A failed write rejects the promise.
 */
export type RecordKeyUse = (keyId: KeyId, deadline: Deadline) => Promise<void> | undefined;

/** About 100 bytes each. An evicted key costs one more write. */
const MAX_KEYS = 10_000;

/** After a failed write a container pauses, so that one request a minute meets the failing table and not every one. */
const PAUSE_MS = 60_000;

const DAY_MS = 86_400_000;

/** Tracks which uses a container has stored, so that it writes at most once per key and day. */
export class KeyUseTracker {
  /** Days since 1970, UTC. */
  readonly #storedOn = new BoundedMap<KeyId, number>(MAX_KEYS);
  #pausedUntilMs = 0;

  /**
   * Claims the write of a key's use, so that no concurrent request writes it too.
   *
   * @returns the day to store (`YYYY-MM-DD`, UTC); undefined if no write is due.
   */
  claimWrite(keyId: KeyId, nowMs: number): string | undefined {
    const today = Math.floor(nowMs / DAY_MS);
    const storedOn = this.#storedOn.get(keyId);
    if (nowMs < this.#pausedUntilMs || (storedOn !== undefined && storedOn >= today)) return undefined;
    this.#storedOn.set(keyId, today);
    return new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length);
  }

  /** Call this after a failed write. A later request then retries it. */
  releaseWrite(keyId: KeyId, nowMs: number): void {
    this.#storedOn.delete(keyId);
    this.#pausedUntilMs = nowMs + PAUSE_MS;
  }
}

/**
 * Does the work of a request and records the use of its key at the same time. It waits for both, because Lambda freezes
 * the container after the answer. A failed write adds a side event to the trace and changes nothing else.
 */
export function withKeyUse<T>(
  recordKeyUse: RecordKeyUse,
  { keyId, deadline, trace }: { readonly keyId: KeyId; readonly deadline: Deadline; readonly trace: Trace },
  work: () => Promise<T>,
): Promise<T> {
  // The work comes first, so that it gets the open connection.
  const working = work();
  const recording = recordKeyUse(keyId, deadline);
  if (recording === undefined) return working;
  const recorded = recording.catch(() => {
    trace.sideEvents.add('KeyUseWriteFailed');
  });
  return waitForBoth(working, recorded);
}

async function waitForBoth<T>(working: Promise<T>, recorded: Promise<void>): Promise<T> {
  try {
    return await working;
  } finally {
    await recorded;
  }
}
