/** The relay spreads retries over this range, so that many workers do not retry at the same time. */
const RETRY_AFTER_MS = { min: 500, max: 1_500 } as const;

/**
 * Retry headers: milliseconds for SDKs that read AWS's header, whole seconds for clients that read HTTP's. The JS SDK
 * reads both and uses the first. So AWS's header, the one with jitter, comes first.
 *
 * @param jitter 0 to 1. Selects the hint within its range.
 */
export function toRetryHints(jitter: number): Record<string, string> {
  const milliseconds = Math.round(RETRY_AFTER_MS.min + jitter * (RETRY_AFTER_MS.max - RETRY_AFTER_MS.min));
  return { 'x-amz-retry-after': String(milliseconds), 'retry-after': '1' };
}
