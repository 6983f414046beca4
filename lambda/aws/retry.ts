import type { SWFClientConfig } from '@aws-sdk/client-swf';

type RetryStrategy = Extract<NonNullable<SWFClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;

/** Long enough for a broken connection to be seen as such, short against the 2 s that SWF is given. */
const RETRY_DELAY_MS = 50;

/**
 * Retries SWF once, on connection errors and 5xx. Never on throttling, which a retry makes worse: the worker heartbeats
 * again anyway. The SDK's own strategies retry that too.
 */
export const retryOnceOnFailure: RetryStrategy = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (token, { errorType }) => {
    const isOurs = errorType === 'TRANSIENT' || errorType === 'SERVER_ERROR';
    // The SDK then throws what SWF said, and drops this.
    if (!isOurs || token.getRetryCount() > 0) throw new Error('not retried');
    return { getRetryCount: () => 1, getRetryDelay: () => RETRY_DELAY_MS };
  },
  recordSuccess: () => undefined,
};
