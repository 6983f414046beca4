import { type RelayError, RetryableError } from './errors.ts';
import type { HttpResult } from './event.ts';
import { toRetryHints } from './retry-hints.ts';
import { STATUS_TITLES } from './status.ts';

const COMMON_HEADERS = { 'cache-control': 'no-store' } as const;

const RESULT_HEADERS = { ...COMMON_HEADERS, 'content-type': 'application/json' } as const;

export function toNativeResult(body: Readonly<Record<string, unknown>>): HttpResult {
  return { statusCode: 200, headers: RESULT_HEADERS, body: toLine(body) };
}

/**
 * A problem document (RFC 9457). It contains the error's code and detail, never input, message or cause.
 *
 * @param jitter 0 to 1. Selects the retry hint within its range.
 */
export function toNativeProblem(error: RelayError, requestId: string, jitter: number): HttpResult {
  const { status, nativeHeaders } = error;
  return {
    statusCode: status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'application/problem+json',
      ...nativeHeaders,
      ...(error instanceof RetryableError ? toRetryHints(jitter, error.retryAfterSeconds) : {}),
    },
    body: toLine(toProblem(error, requestId)),
  };
}

/** The members of a problem document. */
export function toProblem(error: RelayError, requestId: string): Readonly<Record<string, unknown>> {
  const { status, code, detail, members } = error;
  return { title: STATUS_TITLES[status], status, code, detail, requestId, ...members };
}

/** Ends with a newline, so that in a terminal the next prompt starts on its own line. */
function toLine(body: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(body)}\n`;
}
