import { MethodNotAllowedError, type RelayError, UnauthenticatedError } from './errors.ts';
import type { HttpResult } from './event.ts';
import { toRetryHints } from './retry-hints.ts';

const COMMON_HEADERS = { 'cache-control': 'no-store' } as const;

const RESULT_HEADERS = { ...COMMON_HEADERS, 'content-type': 'application/json' } as const;

export function toNativeResult(body: Readonly<Record<string, unknown>>): HttpResult {
  return { statusCode: 200, headers: RESULT_HEADERS, body: JSON.stringify(body) };
}

/**
 * A problem document (RFC 9457). It holds the error's own code and sentence, never input, message or cause.
 *
 * @param jitter 0 to 1, places the retry hint within its span.
 */
export function toNativeProblem(error: RelayError, requestId: string, jitter: number): HttpResult {
  const { status, code, detail } = error;
  return {
    statusCode: status,
    headers: { ...COMMON_HEADERS, 'content-type': 'application/problem+json', ...toExtraHeaders(error, jitter) },
    body: JSON.stringify({ title: TITLES[status] ?? 'Error', status, code, detail, requestId }),
  };
}

/** RFC 9110's names. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  410: 'Gone',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function toExtraHeaders(error: RelayError, jitter: number): Record<string, string> {
  if (error instanceof UnauthenticatedError) return { 'www-authenticate': 'Bearer' };
  if (error instanceof MethodNotAllowedError) return { allow: error.allowedMethods.join(', ') };
  return error.retryable ? toRetryHints(jitter) : {};
}
