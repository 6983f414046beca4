import type { SWFClientConfig } from '@aws-sdk/client-swf';

type RetryStrategy = Extract<NonNullable<SWFClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;

/** Long enough to detect a broken connection, and short compared with the 2 s timeout of SWF. */
const RETRY_DELAY_MS = 50;

/**
 * Retries SWF once, on connection errors and 5xx. It does not retry throttling: that would make it worse, and the
 * worker sends another heartbeat anyway. The SDK's own strategies would retry it.
 */
export const retryOnceOnFailure: RetryStrategy = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (token, { errorType }) => {
    const isRetryable = errorType === 'TRANSIENT' || errorType === 'SERVER_ERROR';
    // The SDK drops this error and throws SWF's.
    if (!isRetryable || token.getRetryCount() > 0) throw new Error('not retried');
    return { getRetryCount: () => 1, getRetryDelay: () => RETRY_DELAY_MS };
  },
  recordSuccess: () => undefined,
};

/** For calls that must not be made twice. */
export const neverRetry: RetryStrategy = {
  ...retryOnceOnFailure,
  refreshRetryTokenForRetry: async () => {
    throw new Error('not retried');
  },
};
