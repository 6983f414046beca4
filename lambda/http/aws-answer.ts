import {
  InvalidTaskTokenError,
  MalformedRequestError,
  type RelayError,
  SwfThrottledError,
  TaskNotOpenError,
  UnauthenticatedError,
  type UnauthenticatedReason,
} from './errors.ts';
import type { HttpResult } from './event.ts';
import { toRetryHints } from './retry-hints.ts';

/** AWS JSON 1.0: every fault is a 400, and its type stands in the body, the one place where all clients look for it. */
const FAULT_STATUS = 400;

const UNKNOWN_OPERATION = 'com.amazon.coral.service#UnknownOperationException';
const VALIDATION = 'com.amazon.coral.validate#ValidationException';
const ACCESS_DENIED = 'com.amazon.coral.service#AccessDeniedException';

/** Clients read what follows `#`; the names before it are those that SWF sends. */
const FAULT_TYPES: Readonly<Record<string, string>> = {
  MalformedRequest: VALIDATION,
  InvalidTaskToken: VALIDATION,
  RequestTooLarge: 'com.amazon.coral.service#SerializationException',
  UnknownOperation: UNKNOWN_OPERATION,
  MethodNotAllowed: UNKNOWN_OPERATION,
  NotFound: UNKNOWN_OPERATION,
  TaskUnknown: UNKNOWN_OPERATION,
  DomainNotGranted: ACCESS_DENIED,
  DomainNotNamed: ACCESS_DENIED,
  TaskNotInDomain: 'com.amazonaws.swf.base.model#OperationNotPermittedFault',
  TaskNotOpen: 'com.amazonaws.swf.base.model#UnknownResourceFault',
};

const PROOF_FAULT_TYPES: Readonly<Record<UnauthenticatedReason, string>> = {
  'no-proof': 'com.amazon.coral.service#MissingAuthenticationTokenException',
  'bad-grammar': 'com.amazon.coral.service#IncompleteSignatureException',
  'bad-date': 'com.amazon.coral.service#InvalidSignatureException',
  'bad-key': 'com.amazon.coral.service#UnrecognizedClientException',
};

/** Whatever may go well later. A bare 429 or 5xx makes AWS's clients give up, crash, or hammer; this they wait over. */
const TRY_LATER = 'com.amazon.coral.availability#ThrottlingException';

/**
 * SWF's own answer.
 *
 * @param observedAt when SWF said it, ISO 8601, where that was not just now. AWS's form has no place for it but a header.
 */
export function toAwsResult(cancelRequested: boolean, requestId: string, observedAt?: string): HttpResult {
  const headers = toCommonHeaders(requestId);
  if (observedAt !== undefined) headers['x-relay-observed-at'] = observedAt;
  return { statusCode: 200, headers, body: JSON.stringify({ cancelRequested }) };
}

/**
 * A fault as SWF words it, where SWF has words for it. It echoes no input.
 *
 * @param jitter 0 to 1, places the retry hint within its span.
 */
export function toAwsFault(error: RelayError, requestId: string, jitter: number): HttpResult {
  return {
    statusCode: FAULT_STATUS,
    headers: { ...toCommonHeaders(requestId), ...(error.retryable ? toRetryHints(jitter) : {}) },
    body: JSON.stringify({ __type: toType(error), message: toMessage(error) }),
  };
}

function toCommonHeaders(requestId: string): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': requestId,
  };
}

function toType(error: RelayError): string {
  if (error instanceof UnauthenticatedError) return PROOF_FAULT_TYPES[error.reason];
  return FAULT_TYPES[error.code] ?? TRY_LATER;
}

function toMessage(error: RelayError): string {
  if (error instanceof MalformedRequestError || error instanceof TaskNotOpenError) return error.swfText;
  if (error instanceof InvalidTaskTokenError) return 'Invalid token';
  if (error instanceof SwfThrottledError) return 'Rate exceeded';
  if (!(error instanceof UnauthenticatedError)) return error.detail;
  if (error.reason === 'no-proof') return 'Request is missing Authentication Token';
  return error.reason === 'bad-key' ? 'The security token included in the request is invalid.' : error.detail;
}
