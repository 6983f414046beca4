import { BODY_MAX_KIB } from './body-limit.ts';
import type { ErrorStatus } from './status.ts';

/** AWS JSON 1.0 fault types. Clients read what follows `#`; SWF sends the names before it. */
export const AWS_TYPES = {
  accessDenied: 'com.amazon.coral.service#AccessDeniedException',
  serialization: 'com.amazon.coral.service#SerializationException',
  throttling: 'com.amazon.coral.availability#ThrottlingException',
  unknownOperation: 'com.amazon.coral.service#UnknownOperationException',
  validation: 'com.amazon.coral.validate#ValidationException',
} as const;

/**
 * One subclass per row of the table of failures. The caller must fix a refusal (4xx). SWF or the relay causes a failure
 * (429, 5xx). Each subclass defines the texts of both answer formats. `message` is for readers of the code: no log,
 * metric or answer shows it, and it never contains input.
 */
export abstract class RelayError extends Error {
  /** Stable: callers, alarms and metrics rely on it. */
  abstract readonly code: string;
  /** HTTP status in the native format. The AWS format answers every fault with 400. */
  abstract readonly status: ErrorStatus;
  /** One sentence for the caller. It contains no input. */
  abstract readonly detail: string;
  /** The fault's `__type` in the AWS format. */
  abstract readonly awsType: string;
  /** Whether the same request may succeed later. The answer then carries retry hints. */
  readonly retryable: boolean = false;
  /** Additional members of the problem document. */
  readonly members: Readonly<Record<string, unknown>> = {};
  /** Additional headers of the native answer. */
  readonly nativeHeaders: Readonly<Record<string, string>> = {};
  /** Why, in one of the relay's own words. Only the log shows it: the caller may not be allowed to know. */
  readonly logReason: string | undefined = undefined;

  /** Whether the relay refused the request or failed. A budget limits the log lines about refusals. */
  get kind(): 'refused' | 'failed' {
    return this.status < 429 ? 'refused' : 'failed';
  }

  /** The fault's message in the AWS format: SWF's own words if SWF has words for it. */
  get awsMessage(): string {
    return this.detail;
  }
}

/**
 * An error after which the worker keeps working and sends its next heartbeat. AWS clients wait and retry on throttling;
 * a bare 429 or 5xx makes them give up, crash or hammer.
 */
export abstract class RetryableError extends RelayError {
  override readonly awsType = AWS_TYPES.throttling;
  override readonly retryable = true;
  /** When to try again. Native answers say so; AWS clients block while they wait, so their hint never grows. */
  retryAfterSeconds = 1;
}

/** The body is not JSON, or a member is missing, of the wrong type, or too long. */
export class MalformedRequestError extends RelayError {
  override readonly name = 'MalformedRequestError';
  override readonly code = 'MalformedRequest';
  override readonly status = 400;
  override readonly detail: string;
  override readonly awsType = AWS_TYPES.validation;
  readonly #swfText: string;

  /** @param options.swfText SWF's wording of the same problem; like `detail`, it must not contain the value. */
  constructor(detail: string, options: ErrorOptions & { readonly swfText?: string } = {}) {
    super(detail, options);
    this.detail = detail;
    this.#swfText = options.swfText ?? detail;
  }

  override get awsMessage(): string {
    return this.#swfText;
  }
}

/** The body exceeds the relay's limit. */
export class RequestTooLargeError extends RelayError {
  override readonly name = 'RequestTooLargeError';
  override readonly code = 'RequestTooLarge';
  override readonly status = 413;
  override readonly detail: string;
  override readonly awsType = AWS_TYPES.serialization;

  constructor(
    message: string,
    { maxKib = BODY_MAX_KIB, ...options }: ErrorOptions & { readonly maxKib?: number } = {},
  ) {
    super(message, options);
    this.detail = `The body is larger than ${maxKib} KiB.`;
  }
}

/** The path exists, but not for this method. */
export class MethodNotAllowedError extends RelayError {
  override readonly name = 'MethodNotAllowedError';
  override readonly code = 'MethodNotAllowed';
  override readonly status = 405;
  override readonly detail = 'This path does not accept this method.';
  override readonly awsType = AWS_TYPES.unknownOperation;
  override readonly nativeHeaders: Readonly<Record<string, string>>;

  constructor(allowedMethods: readonly string[]) {
    super('method not allowed');
    this.nativeHeaders = { allow: allowedMethods.join(', ') };
  }
}

/** An SWF operation that the relay does not offer, on a path of SWF's protocol. */
export class UnknownOperationError extends RelayError {
  override readonly name = 'UnknownOperationError';
  override readonly code = 'UnknownOperation';
  override readonly status = 404;
  override readonly detail = 'The relay does not offer this operation of SWF.';
  override readonly awsType = AWS_TYPES.unknownOperation;
}

/**
 * An AWS client uses a URL as its endpoint that is not one for AWS clients. Without this error, a native path would record its
 * heartbeats, but the client could not read a later refusal, and so would not stop the work of a closed task.
 */
export class WrongEndpointError extends RelayError {
  override readonly name = 'WrongEndpointError';
  override readonly code = 'WrongEndpoint';
  override readonly status = 404;
  override readonly detail =
    'This is not an endpoint for AWS clients. Set the endpoint URL to the relay with the path /domains/{domain}.';
  override readonly awsType = AWS_TYPES.unknownOperation;
}

/** No route has this path, or the request carries a query string, which no route accepts. */
export class NotFoundError extends RelayError {
  override readonly name = 'NotFoundError';
  override readonly code = 'NotFound';
  override readonly status = 404;
  override readonly detail = 'There is no such path. The relay accepts exact paths only, without a query string.';
  override readonly awsType = AWS_TYPES.unknownOperation;
}

/** The relay itself is misconfigured: a role, a key, a domain or a type differs from what the stack declares. */
export class RelayMisconfiguredError extends RetryableError {
  override readonly name = 'RelayMisconfiguredError';
  override readonly code = 'RelayMisconfigured';
  override readonly status = 503;
  override readonly detail = 'The relay is misconfigured and its operator must act. Keep working and try again.';
}

/** A bug in the relay. */
export class InternalError extends RetryableError {
  override readonly name = 'InternalError';
  override readonly code = 'InternalError';
  override readonly status = 500;
  override readonly detail = 'The relay failed. Keep working and try again.';
}
