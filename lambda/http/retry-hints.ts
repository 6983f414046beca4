/** Retries are spread over this span, so that many workers do not come back at once. */
const RETRY_AFTER_MS = { least: 500, most: 1_500 } as const;

/**
 * Milliseconds for SDKs that read AWS's header, whole seconds for clients that read HTTP's. The JS SDK reads both and
 * takes the first that comes: the spread one.
 *
 * @param jitter 0 to 1, places the hint within its span.
 */
export function toRetryHints(jitter: number): Record<string, string> {
  const milliseconds = Math.round(RETRY_AFTER_MS.least + jitter * (RETRY_AFTER_MS.most - RETRY_AFTER_MS.least));
  return { 'x-amz-retry-after': String(milliseconds), 'retry-after': '1' };
}
