/** Retries are spread over this span, so that many workers do not come back at once. */
const RETRY_AFTER_MS = { least: 500, most: 1_500 } as const;

/**
 * Whole seconds for clients that read HTTP's header, milliseconds for SDKs that read AWS's.
 *
 * @param jitter 0 to 1, places the hint within its span.
 */
export function toRetryHints(jitter: number): Record<string, string> {
  const milliseconds = Math.round(RETRY_AFTER_MS.least + jitter * (RETRY_AFTER_MS.most - RETRY_AFTER_MS.least));
  return { 'retry-after': '1', 'x-amz-retry-after': String(milliseconds) };
}
