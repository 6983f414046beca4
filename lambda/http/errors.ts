/**
 * One class per row of the table of failures: a refusal (4xx) is the caller's to mend, a failure (429, 5xx) SWF's or ours.
 * `message` is for the code's reader: no log, metric or answer carries it, nor does it hold input.
 */
export abstract class RelayError extends Error {
  /** Stable, for callers and metrics. */
  abstract readonly code: string;
  abstract readonly status: number;
  /** One sentence for the caller. It echoes no input. */
  abstract readonly detail: string;
  /** Whether the same request may succeed later; the answer then carries retry hints. */
  readonly retryable: boolean = false;
}

/** The body is not JSON, or a field is missing, of the wrong type, or too long. */
export class MalformedRequestError extends RelayError {
  override readonly name = 'MalformedRequestError';
  override readonly code = 'MalformedRequest';
  override readonly status = 400;
  override readonly detail: string;
  readonly swfText: string;
  /** Both texts are without the value; the one in SWF's words is the same unless given. */
  constructor(detail: string, options: ErrorOptions & { readonly swfText?: string } = {}) {
    super(detail, options);
    this.detail = detail;
    this.swfText = options.swfText ?? detail;
  }
}

/** SWF did not take the text for a task token. */
export class InvalidTaskTokenError extends RelayError {
  override readonly name = 'InvalidTaskTokenError';
  override readonly code = 'InvalidTaskToken';
  override readonly status = 400;
  override readonly detail = 'SWF does not recognise this task token.';
}

/** The body is over the relay's limit. */
export class RequestTooLargeError extends RelayError {
  override readonly name = 'RequestTooLargeError';
  override readonly code = 'RequestTooLarge';
  override readonly status = 413;
  override readonly detail = 'The body is larger than 64 KiB.';
}

/** The path exists, the method does not. */
export class MethodNotAllowedError extends RelayError {
  override readonly name = 'MethodNotAllowedError';
  override readonly code = 'MethodNotAllowed';
  override readonly status = 405;
  override readonly detail = 'This path does not take this method.';
  readonly allowedMethods: readonly string[];

  constructor(allowedMethods: readonly string[]) {
    super('method not allowed');
    this.allowedMethods = allowedMethods;
  }
}

/** An operation of SWF's that the relay does not have, on a path of SWF's protocol. */
export class UnknownOperationError extends RelayError {
  override readonly name = 'UnknownOperationError';
  override readonly code = 'UnknownOperation';
  override readonly status = 404;
  override readonly detail = 'The relay records heartbeats alone. The poller that took the task answers for it.';
}

/** No route has this path, or the request carries a query string, which none takes. */
export class NotFoundError extends RelayError {
  override readonly name = 'NotFoundError';
  override readonly code = 'NotFound';
  override readonly status = 404;
  override readonly detail = 'There is nothing here. The relay knows exact paths only, and no query string.';
}

/** The relay holds no state of this task: it never recorded a beat of it, or forgot it after 30 days. */
export class TaskUnknownError extends RelayError {
  override readonly name = 'TaskUnknownError';
  override readonly code = 'TaskUnknown';
  override readonly status = 404;
  override readonly detail = 'The relay has recorded no heartbeat of this task in this domain.';
}

/** Why a proof was refused. Of a key that was looked up the caller learns no more than that it is bad. */
export type UnauthenticatedReason = 'no-proof' | 'bad-grammar' | 'bad-date' | 'bad-key';

/** No proof, one that can't be read, one of another time, or one whose key is unknown, revoked, expired or wrong. */
export class UnauthenticatedError extends RelayError {
  override readonly name = 'UnauthenticatedError';
  override readonly code = 'Unauthenticated';
  override readonly status = 401;
  override readonly detail: string;
  readonly reason: UnauthenticatedReason;
  constructor(reason: UnauthenticatedReason, detail = UNAUTHENTICATED_DETAILS[reason]) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }
}

const UNAUTHENTICATED_DETAILS = {
  'no-proof': 'Send the header Authorization: Bearer <key id>.<secret>.',
  'bad-grammar': 'The Authorization header is neither Bearer <key id>.<secret> nor an AWS Signature Version 4.',
  'bad-date': 'The signature is of another time.',
  'bad-key': 'This worker key is not valid.',
};

/** The stack does not declare the domain, or the worker key does not grant it. */
export class DomainNotGrantedError extends RelayError {
  override readonly name = 'DomainNotGrantedError';
  override readonly code = 'DomainNotGranted';
  override readonly status = 403;
  override readonly detail = 'This worker key grants no access to this domain.';
}

/** The path names no domain, and the worker key grants more than one. */
export class DomainNotNamedError extends RelayError {
  override readonly name = 'DomainNotNamedError';
  override readonly code = 'DomainNotNamed';
  override readonly status = 403;
  override readonly detail = 'This worker key grants several domains: name one, as in /domains/orders.';
}

/** SWF denied the heartbeat under this domain's role: the task token belongs to another domain. */
export class TaskNotInDomainError extends RelayError {
  override readonly name = 'TaskNotInDomainError';
  override readonly code = 'TaskNotInDomain';
  override readonly status = 403;
  override readonly detail = 'This task does not belong to this domain.';
}

/** The task is closed: completed, failed, canceled or timed out, or its workflow execution is closed. */
export class TaskNotOpenError extends RelayError {
  override readonly name = 'TaskNotOpenError';
  override readonly code = 'TaskNotOpen';
  override readonly status = 410;
  override readonly detail = 'This task is closed: stop its work.';
  /** SWF's own words, which AWS clients match on: `Unknown activity…` or `Unknown execution…`. */
  readonly swfText: string;

  constructor(swfText: string, options?: ErrorOptions) {
    super('swf knows no open task for this token', options);
    this.swfText = swfText;
  }
}

/** SWF throttled the call, and the cache holds neither `closed` nor `true` for the task. */
export class SwfThrottledError extends RelayError {
  override readonly name = 'SwfThrottledError';
  override readonly code = 'SwfThrottled';
  override readonly status = 429;
  override readonly detail = 'SWF throttled the heartbeat. It was not recorded: keep working, beat again.';
  override readonly retryable = true;
}

/** SWF failed, hung, or could not be reached, or no session for it could be had in time. */
export class SwfUnavailableError extends RelayError {
  override readonly name = 'SwfUnavailableError';
  override readonly code = 'SwfUnavailable';
  override readonly status = 503;
  override readonly detail = 'SWF failed, or was not heard in time. The beat may be lost: keep working, beat again.';
  override readonly retryable = true;
}

/** The worker key can't be checked now: its table or KMS does not answer. */
export class AuthenticationUnavailableError extends RelayError {
  override readonly name = 'AuthenticationUnavailableError';
  override readonly code = 'AuthenticationUnavailable';
  override readonly status = 503;
  override readonly detail = 'Worker keys cannot be checked at the moment: keep working, beat again.';
  override readonly retryable = true;
}

/** The task states can't be read now, and nothing but them could answer. */
export class CacheUnavailableError extends RelayError {
  override readonly name = 'CacheUnavailableError';
  override readonly code = 'CacheUnavailable';
  override readonly status = 503;
  override readonly detail = 'Task states cannot be read at the moment.';
  override readonly retryable = true;
}

/** The relay's own set-up is wrong: a role, a key, a domain or a type that is not what the stack says. */
export class RelayMisconfiguredError extends RelayError {
  override readonly name = 'RelayMisconfiguredError';
  override readonly code = 'RelayMisconfigured';
  override readonly status = 503;
  override readonly detail = 'The relay is not set up correctly; its operator must act. Keep working, beat again.';
  override readonly retryable = true;
}

/** A fault of the relay's own code. */
export class InternalError extends RelayError {
  override readonly name = 'InternalError';
  override readonly code = 'InternalError';
  override readonly status = 500;
  override readonly detail = 'The relay failed. Keep working, beat again.';
  override readonly retryable = true;
}
