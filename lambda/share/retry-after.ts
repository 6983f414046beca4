/** The longest hint while T is unknown. */
const MAX_WITHOUT_TIMEOUT_SECONDS = 10;

const MIN_SECONDS = 1;

/**
 * `Retry-After` of the native format. It grows with the load, so that a storm spreads out, and stays below T/12, so that a
 * worker has several attempts within what pacing leaves of T.
 *
 * @param load 0 to 1.
 * @param timeoutMs T, if it is known.
 * @param jitter 0 to 1.
 */
export function toRetryAfterSeconds(load: number, timeoutMs: number | undefined, jitter: number): number {
  const longest = timeoutMs === undefined ? MAX_WITHOUT_TIMEOUT_SECONDS : timeoutMs / 12_000;
  const maxSeconds = MIN_SECONDS + load * Math.max(0, longest - MIN_SECONDS);
  // Whole seconds, because the header takes no others. Each is as likely as the next.
  return Math.min(Math.floor(maxSeconds), MIN_SECONDS + Math.floor(jitter * Math.floor(maxSeconds)));
}
