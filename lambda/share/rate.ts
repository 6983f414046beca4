/** A rate limit: tokens per second, and how many a bucket holds when it is full. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Heartbeats per second. A quarter of what SWF grants an account for a key, half of it for a domain. */
export const DEFAULT_RATE = { key: 40, domain: 80 } as const;

/** A key's bucket holds 10 s of its rate. */
export function toKeyRate(perSecond: number = DEFAULT_RATE.key): Rate {
  return { perSecond, burst: 10 * perSecond };
}

/** A domain's bucket holds 12.5 s of its rate, if the settings do not say otherwise. */
export function toDomainRate(perSecond: number = DEFAULT_RATE.domain, burst = Math.ceil(12.5 * perSecond)): Rate {
  return { perSecond, burst };
}
