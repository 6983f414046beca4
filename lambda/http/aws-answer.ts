import type { RelayError } from './errors.ts';
import type { HttpResult } from './event.ts';
import { toRetryHints } from './retry-hints.ts';

/** In AWS JSON 1.0 every fault is a 400. Its type is in the body, the one place where all clients look for it. */
const FAULT_STATUS = 400;

/** ISO 8601. Set if the answer comes from the cache. */
interface AnswerAge {
  /** When SWF said it. */
  readonly observedAt?: string | undefined;
  /** When the last heartbeat that SWF accepted was sent, if the relay paces the task. */
  readonly acceptedAt?: string | undefined;
}

/** SWF's own answer to a heartbeat. SWF's body has no member for its age, so headers carry it. */
export function toAwsResult(cancelRequested: boolean, requestId: string, age: AnswerAge): HttpResult {
  const headers = toCommonHeaders(requestId);
  if (age.observedAt !== undefined) headers['x-relay-observed-at'] = age.observedAt;
  if (age.acceptedAt !== undefined) headers['x-relay-accepted-at'] = age.acceptedAt;
  return { statusCode: 200, headers, body: JSON.stringify({ cancelRequested }) };
}

/** SWF's own answer to the end of a task: it says nothing. */
export function toAwsEmptyResult(requestId: string): HttpResult {
  return { statusCode: 200, headers: toCommonHeaders(requestId), body: '' };
}

/**
 * A fault, in SWF's words if SWF has words for it. It contains no input.
 *
 * @param jitter 0 to 1. Selects the retry hint within its range.
 */
export function toAwsFault(error: RelayError, requestId: string, jitter: number): HttpResult {
  return {
    statusCode: FAULT_STATUS,
    headers: { ...toCommonHeaders(requestId), ...(error.retryable ? toRetryHints(jitter) : {}) },
    body: JSON.stringify({ __type: error.awsType, message: error.awsMessage }),
  };
}

function toCommonHeaders(requestId: string): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': requestId,
  };
}
