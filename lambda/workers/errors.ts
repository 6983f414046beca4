import { AWS_TYPES, RelayError, RetryableError } from '../http/errors.ts';

/** Why a proof was refused. The caller never learns why a key that was looked up is bad. */
export type UnauthenticatedReason = 'no-proof' | 'bad-grammar' | 'bad-date' | 'bad-key';

/**
 * Why a key that was looked up is bad. Only the log tells. `revoked`, `expired` and `network` mean that the caller does hold
 * the secret. `other-mac-key`: the stack does not have the KMS key that the record names, so nobody can tell.
 */
export type BadKeyReason = 'unknown' | 'wrong-secret' | 'other-mac-key' | 'revoked' | 'expired' | 'network';

interface Refusal {
  readonly detail: string;
  readonly awsType: string;
  /** AWS's own text, if it differs from `detail`. */
  readonly awsMessage?: string;
}

const REFUSALS: Readonly<Record<UnauthenticatedReason, Refusal>> = {
  'no-proof': {
    detail: 'Send the header Authorization: Bearer <key id>.<secret>.',
    awsType: 'com.amazon.coral.service#MissingAuthenticationTokenException',
    awsMessage: 'Request is missing Authentication Token',
  },
  'bad-grammar': {
    detail: 'The Authorization header is neither Bearer <key id>.<secret> nor an AWS Signature Version 4.',
    awsType: 'com.amazon.coral.service#IncompleteSignatureException',
  },
  'bad-date': {
    detail: "The date of the signature is too far from the relay's clock.",
    awsType: 'com.amazon.coral.service#InvalidSignatureException',
  },
  'bad-key': {
    detail: 'This worker key is not valid.',
    awsType: 'com.amazon.coral.service#UnrecognizedClientException',
    awsMessage: 'The security token included in the request is invalid.',
  },
};

/**
 * The proof is missing, malformed or outdated, or its key is unknown, revoked, expired or wrong, or used from a network that
 * the key does not name.
 */
export class UnauthenticatedError extends RelayError {
  override readonly name = 'UnauthenticatedError';
  override readonly code = 'Unauthenticated';
  override readonly status = 401;
  override readonly detail: string;
  override readonly awsType: string;
  override readonly nativeHeaders = { 'www-authenticate': 'Bearer' };
  override readonly logReason: string;
  readonly reason: UnauthenticatedReason;

  constructor(reason: UnauthenticatedReason, detail = REFUSALS[reason].detail, logReason: string = reason) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
    this.logReason = logReason;
    this.awsType = REFUSALS[reason].awsType;
  }

  /** The answer is the same whatever the reason. */
  static badKey(reason: BadKeyReason): UnauthenticatedError {
    return new UnauthenticatedError('bad-key', REFUSALS['bad-key'].detail, reason);
  }

  override get awsMessage(): string {
    return REFUSALS[this.reason].awsMessage ?? this.detail;
  }
}

/** The stack does not declare the domain, or the worker key does not grant it, or not this operation in it. */
export class DomainNotGrantedError extends RelayError {
  override readonly name = 'DomainNotGrantedError';
  override readonly code = 'DomainNotGranted';
  override readonly status = 403;
  override readonly detail = 'This worker key may not do this in this domain.';
  override readonly awsType = AWS_TYPES.accessDenied;
}

/** The path names no domain, and the worker key grants more than one. */
export class DomainNotNamedError extends RelayError {
  override readonly name = 'DomainNotNamedError';
  override readonly code = 'DomainNotNamed';
  override readonly status = 403;
  override readonly detail = 'This worker key grants several domains. Name one in the path, as in /domains/orders.';
  override readonly awsType = AWS_TYPES.accessDenied;
}

/** The worker key cannot be checked now, because its table or KMS does not answer. */
export class AuthenticationUnavailableError extends RetryableError {
  override readonly name = 'AuthenticationUnavailableError';
  override readonly code = 'AuthenticationUnavailable';
  override readonly status = 503;
  override readonly detail = 'Worker keys cannot be checked at the moment. Keep working and try again.';
}
