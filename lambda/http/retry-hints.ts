/** The relay spreads retries over this range, so that many workers do not retry at the same time. */
const RETRY_AFTER_MS = { min: 500, max: 1_500 } as const;

/**
 * Retry headers: milliseconds for SDKs that read AWS's header, whole seconds for clients that read HTTP's. The JS SDK
 * reads both and uses the first. So AWS's header, the one with jitter, comes first.
 *
 * @param jitter 0 to 1. Selects the hint within its range.
 * @param seconds what HTTP's header says. AWS's is at most half a second more or less.
 */
export function toRetryHints(jitter: number, seconds = 1): Record<string, string> {
  const spreadMs = RETRY_AFTER_MS.min + jitter * (RETRY_AFTER_MS.max - RETRY_AFTER_MS.min);
  const milliseconds = Math.round((seconds - 1) * 1_000 + spreadMs);
  return { 'x-amz-retry-after': String(milliseconds), 'retry-after': String(seconds) };
}
