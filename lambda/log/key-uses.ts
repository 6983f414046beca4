import type { Loggable } from '../http/trace.ts';

/** Where a key was used from, in which domain, and how often, in 5 minutes of one container. */
export interface KeyUse {
  readonly keyId: Loggable;
  /** A declared domain, if the requests name one. */
  readonly domain: string | undefined;
  /** The first 10. */
  readonly sourceIps: readonly Loggable[];
  readonly count: number;
  /** How many of them came from further addresses. */
  readonly countFromOthers: number;
  /** How many were heartbeats that were not due. */
  readonly paced: number;
  /** How many met a rate limit that was used up. */
  readonly throttled: number;
  /** Epoch milliseconds. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** What became of a request, as far as it matters here. */
export type UseOutcome = 'paced' | 'throttled' | 'other';

/** A request of a caller that has proved that it holds the key. */
export interface CountedUse {
  readonly keyId: Loggable;
  readonly domain: string | undefined;
  readonly sourceIp: Loggable | undefined;
  readonly outcome: UseOutcome;
}

interface Window {
  readonly keyId: Loggable;
  readonly domain: string | undefined;
  readonly startedAtMs: number;
  readonly sourceIps: Set<Loggable>;
  count: number;
  countFromOthers: number;
  paced: number;
  throttled: number;
  lastAtMs: number;
}

const WINDOW_MS = 5 * 60_000;
const MAX_ADDRESSES = 10;

/** As many as the cache of keys holds; most keys send to one domain. About 1 KB each, with 10 addresses. */
const MAX_WINDOWS = 2_000;

/** A container can have many windows that end together. The requests after the 5 minutes share the work of writing them. */
const MAX_TAKEN = 50;

/** Counts the uses of keys, so that the log can say where a key was used from without a line per heartbeat. */
export class KeyUses {
  /** In the order in which they started. */
  readonly #windows = new Map<string, Window>();

  count({ keyId, domain, sourceIp, outcome }: CountedUse, nowMs: number): void {
    const name = `${keyId} ${domain ?? ''}`;
    const window = this.#windows.get(name) ?? this.#open(name, keyId, domain, nowMs);
    window.count += 1;
    if (outcome !== 'other') window[outcome] += 1;
    window.lastAtMs = nowMs;
    if (sourceIp === undefined || window.sourceIps.has(sourceIp)) return;
    if (window.sourceIps.size < MAX_ADDRESSES) window.sourceIps.add(sourceIp);
    else window.countFromOthers += 1;
  }

  /** Removes and returns what is due: windows that are over, and the oldest if there are too many. */
  takeDue(nowMs: number): readonly KeyUse[] {
    let due: KeyUse[] | undefined;
    for (const [name, window] of this.#windows) {
      const ageMs = nowMs - window.startedAtMs;
      // A negative age tells nothing: somebody set the clock back.
      const isOpen = ageMs >= 0 && ageMs < WINDOW_MS;
      if ((isOpen && this.#windows.size <= MAX_WINDOWS) || due?.length === MAX_TAKEN) break;
      this.#windows.delete(name);
      const { startedAtMs, sourceIps, ...counts } = window;
      (due ??= []).push({ ...counts, sourceIps: [...sourceIps], firstAtMs: startedAtMs });
    }
    return due ?? NONE;
  }

  #open(name: string, keyId: Loggable, domain: string | undefined, nowMs: number): Window {
    const window = {
      keyId,
      domain,
      startedAtMs: nowMs,
      sourceIps: new Set<Loggable>(),
      count: 0,
      countFromOthers: 0,
      paced: 0,
      throttled: 0,
      lastAtMs: nowMs,
    };
    this.#windows.set(name, window);
    return window;
  }
}

const NONE: readonly KeyUse[] = [];
