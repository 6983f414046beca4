import { AWS_TYPES, RelayError, RetryableError } from '../http/errors.ts';
import type { EndOutcome } from './task-state.ts';

/** SWF did not accept the text as a task token. */
export class InvalidTaskTokenError extends RelayError {
  override readonly name = 'InvalidTaskTokenError';
  override readonly code = 'InvalidTaskToken';
  override readonly status = 400;
  override readonly detail = 'SWF does not recognise this task token.';
  override readonly awsType = AWS_TYPES.validation;

  override get awsMessage(): string {
    return 'Invalid token';
  }
}

/** The relay has no state for this task: it never recorded a heartbeat for it, or deleted it after 30 days. */
export class TaskUnknownError extends RelayError {
  override readonly name = 'TaskUnknownError';
  override readonly code = 'TaskUnknown';
  override readonly status = 404;
  override readonly detail = 'The relay has recorded no heartbeat for this task in this domain.';
  override readonly awsType = AWS_TYPES.unknownOperation;
}

/** SWF denied the heartbeat under this domain's role: the task token belongs to another domain. */
export class TaskNotInDomainError extends RelayError {
  override readonly name = 'TaskNotInDomainError';
  override readonly code = 'TaskNotInDomain';
  override readonly status = 403;
  override readonly detail = 'This task does not belong to this domain.';
  override readonly awsType = 'com.amazonaws.swf.base.model#OperationNotPermittedFault';
}

/** What the relay knows about a closed task. */
export interface KnownClose {
  /** SWF's own words; undefined if a worker ended the task through the relay and nobody has asked SWF since. */
  readonly closedText?: string | undefined;
  /** How a worker ended it through the relay. */
  readonly outcome?: EndOutcome | undefined;
}

/** What the relay knows about the end of a task, beside SWF's words. */
export interface KnownEnd {
  /** How a worker ended it through the relay. */
  readonly outcome?: EndOutcome | undefined;
  /**
   * An earlier attempt of the same end got no answer, as far as the relay knows. Then nobody can tell whether that attempt ended
   * the task, or whether it had timed out.
   */
  readonly unansweredAttempt?: true | undefined;
}

/** The task is closed: completed, failed, canceled or timed out, or its workflow execution is closed. */
export class TaskNotOpenError extends RelayError {
  override readonly name = 'TaskNotOpenError';
  override readonly code = 'TaskNotOpen';
  override readonly status = 410;
  override readonly detail = 'This task is closed: stop its work.';
  override readonly awsType = 'com.amazonaws.swf.base.model#UnknownResourceFault';
  /** SWF's own words, which AWS clients match on: `Unknown activity…` or `Unknown execution…`. */
  readonly swfText: string;

  override readonly members: Readonly<Record<string, unknown>>;

  /** @param swfText empty only for native answers, if the relay knows the outcome, but has not heard SWF's words. */
  constructor(swfText: string, options: ErrorOptions & KnownEnd = {}) {
    super('swf knows no open task for this token', options);
    this.swfText = swfText;
    this.members = { outcome: options.outcome, unansweredAttempt: options.unansweredAttempt };
  }

  override get awsMessage(): string {
    return this.swfText;
  }
}

/** SWF throttled the call, and the cache has neither `closed` nor a cancel request for the task. */
export class SwfThrottledError extends RetryableError {
  override readonly name = 'SwfThrottledError';
  override readonly code = 'SwfThrottled';
  override readonly status = 429;
  override readonly detail = 'SWF throttled the request and did not carry it out. Keep working and try again.';

  override get awsMessage(): string {
    return 'Rate exceeded';
  }
}

/** A rate limit of the relay is used up. The relay did not call SWF. One worker can cause as many as it likes. */
abstract class RateExceededError extends RetryableError {
  override readonly status = 429;

  override get kind(): 'refused' {
    return 'refused';
  }
}

/** The workers that share a key send more heartbeats than the key's rate allows. */
export class KeyThrottledError extends RateExceededError {
  override readonly name = 'KeyThrottledError';
  override readonly code = 'KeyThrottled';
  override readonly detail = 'This worker key sends more than its rate allows. Keep working and try again later.';

  override get awsMessage(): string {
    return 'Rate exceeded for this worker key';
  }
}

/** The workers of a domain together send more heartbeats than the domain's rate allows. */
export class DomainThrottledError extends RateExceededError {
  override readonly name = 'DomainThrottledError';
  override readonly code = 'DomainThrottled';
  override readonly detail =
    'The workers of this domain send more than its rate allows. Keep working and try again later.';

  override get awsMessage(): string {
    return 'Rate exceeded for this domain';
  }
}

interface UnavailableOptions {
  readonly isTimeout?: boolean;
  readonly isUnsent?: boolean;
}

/** SWF failed, hung or could not be reached, or its session could not be opened in time. */
export class SwfUnavailableError extends RetryableError {
  override readonly name = 'SwfUnavailableError';
  override readonly code = 'SwfUnavailable';
  override readonly status = 503;
  override readonly detail =
    'SWF failed or did not answer in time. Nobody knows whether it got the request: keep working and try again.';
  /** Whether SWF got the call and did not answer in time. The token itself may be the cause. */
  readonly isTimeout: boolean;
  /** Whether the relay had no time left to call SWF. */
  readonly isUnsent: boolean;

  constructor(message?: string, options: ErrorOptions & UnavailableOptions = {}) {
    super(message, options);
    this.isTimeout = options.isTimeout === true;
    this.isUnsent = options.isUnsent === true;
  }
}

/**
 * SWF does not know something that the heartbeat refers to, in words that do not say that a task is closed. Either the task
 * token is wrong, or the domain or a type is gone. The relay cannot tell which.
 */
export class SwfResourceUnknownError extends RetryableError {
  override readonly name = 'SwfResourceUnknownError';
  override readonly code = 'SwfResourceUnknown';
  override readonly status = 503;
  override readonly detail =
    'SWF does not know a resource of this task, but does not call the task closed. Keep working and try again.';
}

/** The task states cannot be read now, and nothing else could answer. */
export class CacheUnavailableError extends RetryableError {
  override readonly name = 'CacheUnavailableError';
  override readonly code = 'CacheUnavailable';
  override readonly status = 503;
  override readonly detail = 'Task states cannot be read or stored at the moment. Try again.';
}
