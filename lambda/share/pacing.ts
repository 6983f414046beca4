/** How often a task needs a heartbeat, and how often its worker sends one. */
export interface Pace {
  /** T: the task's heartbeat timeout. */
  readonly timeoutMs: number;
  /** g: the longest time that the worker lets pass between two heartbeats. */
  readonly intervalMs: number;
}

/** What a worker or the domain's settings say about a pace. */
export interface DeclaredPace {
  readonly timeoutSeconds?: number | undefined;
  readonly intervalSeconds?: number | undefined;
}

/** The share of T after which a heartbeat is due: in quiet, and while SWF throttles. */
export const SHARE = { quiet: 1 / 3, pressure: 2 / 3 } as const;

/** What is left of T for retries after the last heartbeat that may be answered without SWF. */
const LATEST_SHARE = 0.75;

/** Workers keep an interval only roughly: they spread by chance, and wait for an answer. */
const INTERVAL_TOLERANCE = 1.25;

/** A worker waits up to 6 s for an answer before it sends the next heartbeat. */
const ANSWER_WAIT_MS = 6_000;

/**
 * T is the smaller of the two timeouts, because a heartbeat too many is harmless and one too few can end a task. g is what the
 * worker says, then what the settings say, then T/3.
 *
 * @returns undefined if nobody names T: every heartbeat is then forwarded.
 */
export function toPace(declared: DeclaredPace, configured: DeclaredPace): Pace | undefined {
  const timeoutSeconds = Math.min(declared.timeoutSeconds ?? Infinity, configured.timeoutSeconds ?? Infinity);
  if (timeoutSeconds === Infinity) return undefined;
  const timeoutMs = timeoutSeconds * 1000;
  const intervalSeconds = declared.intervalSeconds ?? configured.intervalSeconds;
  return { timeoutMs, intervalMs: intervalSeconds === undefined ? timeoutMs / 3 : intervalSeconds * 1000 };
}

/**
 * Whether a heartbeat must reach SWF. The second condition asks what happens if it does not: the next heartbeat may come an
 * interval later. A rule with the first condition alone could let a task go until just before its timeout.
 *
 * @param ageMs since the last heartbeat that SWF accepted was sent.
 * @param share of T, from `SHARE.quiet` to `SHARE.pressure`.
 */
export function isDue({ timeoutMs, intervalMs }: Pace, ageMs: number, share: number): boolean {
  // Somebody set a clock back, or two clocks differ.
  if (ageMs < 0) return true;
  const nextAgeMs = ageMs + INTERVAL_TOLERANCE * intervalMs + ANSWER_WAIT_MS;
  return ageMs >= share * timeoutMs || nextAgeMs >= LATEST_SHARE * timeoutMs;
}
