import type { Loggable } from '../http/trace.ts';

/** Where a key was used from, and how often, in 5 minutes of one container. */
export interface KeyUse {
  readonly keyId: Loggable;
  /** The first 10. */
  readonly sourceIps: readonly Loggable[];
  readonly count: number;
  /** How many of them came from further addresses. */
  readonly countFromOthers: number;
  /** Epoch milliseconds. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

interface Window {
  readonly startedAtMs: number;
  readonly sourceIps: Set<Loggable>;
  count: number;
  countFromOthers: number;
  lastAtMs: number;
}

const WINDOW_MS = 5 * 60_000;
const MAX_ADDRESSES = 10;

/** As many as the cache of keys holds. About 1 KB each, with 10 addresses. */
const MAX_KEYS = 2_000;

/** A container can have many windows that end together. The requests after the 5 minutes share the work of writing them. */
const MAX_TAKEN = 50;

/** Counts the uses of keys, so that the log can say where a key was used from without a line per heartbeat. */
export class KeyUses {
  /** In the order in which they started. */
  readonly #windows = new Map<Loggable, Window>();

  /** Counts a request whose caller has proved that it holds the key. */
  count(keyId: Loggable, sourceIp: Loggable | undefined, nowMs: number): void {
    const window = this.#windows.get(keyId) ?? this.#open(keyId, nowMs);
    window.count += 1;
    window.lastAtMs = nowMs;
    if (sourceIp === undefined || window.sourceIps.has(sourceIp)) return;
    if (window.sourceIps.size < MAX_ADDRESSES) window.sourceIps.add(sourceIp);
    else window.countFromOthers += 1;
  }

  /** Removes and returns what is due: windows that are over, and the oldest if there are too many. */
  takeDue(nowMs: number): readonly KeyUse[] {
    let due: KeyUse[] | undefined;
    for (const [keyId, window] of this.#windows) {
      const ageMs = nowMs - window.startedAtMs;
      // A negative age tells nothing: somebody set the clock back.
      const isOpen = ageMs >= 0 && ageMs < WINDOW_MS;
      if ((isOpen && this.#windows.size <= MAX_KEYS) || due?.length === MAX_TAKEN) break;
      this.#windows.delete(keyId);
      const { startedAtMs, sourceIps, ...counts } = window;
      (due ??= []).push({ keyId, sourceIps: [...sourceIps], firstAtMs: startedAtMs, ...counts });
    }
    return due ?? NONE;
  }

  #open(keyId: Loggable, nowMs: number): Window {
    const window = {
      startedAtMs: nowMs,
      sourceIps: new Set<Loggable>(),
      count: 0,
      countFromOthers: 0,
      lastAtMs: nowMs,
    };
    this.#windows.set(keyId, window);
    return window;
  }
}

const NONE: readonly KeyUse[] = [];
