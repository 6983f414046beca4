import type { Domain } from '../environment/environment.ts';
import { DeadlineError } from '../http/deadline.ts';
import { MalformedRequestError, RelayError, RelayMisconfiguredError } from '../http/errors.ts';
import {
  InvalidTaskTokenError,
  SwfResourceUnknownError,
  SwfThrottledError,
  SwfUnavailableError,
  TaskNotInDomainError,
  TaskNotOpenError,
} from '../tasks/errors.ts';
import { isClosedText } from '../tasks/task-state.ts';
import { type AwsFault, isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';

/** If SWF had less time, because the event came late, its silence says nothing about the task token. */
const MIN_PATIENCE_MS = 1_000;

/** @returns the error, or that SWF had its time and did not answer. */
export function toTimeout(error: unknown, { reason }: AbortSignal): unknown {
  const isTimeout = reason instanceof DeadlineError && reason.afterMs >= MIN_PATIENCE_MS;
  return isTimeout ? new SwfUnavailableError('swf did not answer in time', { cause: error, isTimeout }) : error;
}

/** SWF's error names for throttling. The SDK knows more names, but SWF was never seen to use them. */
const THROTTLING_FAULTS: ReadonlySet<string> = new Set(['ThrottlingException', 'Throttling', 'RequestLimitExceeded']);

/** The only place that translates SWF's faults into the relay's errors. */
export function toRelayError(error: unknown, domain: Domain): RelayError {
  if (error instanceof RelayError) return error;
  const fault = toAwsFault(error);
  const options = { cause: error };
  if (fault.name === 'UnknownResourceFault') {
    if (isClosedText(fault.message)) return new TaskNotOpenError(fault.message, options);
    return new SwfResourceUnknownError('swf does not know a resource, and does not call a task closed', options);
  }
  if (fault.name === 'OperationNotPermittedFault' || isDenial(fault)) return toDenial(fault, domain, options);
  if (THROTTLING_FAULTS.has(fault.name)) return new SwfThrottledError('swf throttled the call', options);
  if (isCredentialFault(fault))
    return new RelayMisconfiguredError('swf refuses the credentials of the session', options);
  if (fault.name === 'ValidationException') return toInvalid(fault, options);
  return new SwfUnavailableError('swf failed or did not answer in time', options);
}

/**
 * IAM's message names the domain that the task token belongs to. If that is the domain of the request, the role is
 * wrong and not the worker.
 */
function toDenial(fault: AwsFault, domain: Domain, options: ErrorOptions): RelayError {
  const namesThisDomain = fault.message.split(' on resource: ').some((rest) => {
    const after = rest.startsWith(domain.arn) ? rest.slice(domain.arn.length) : undefined;
    return after !== undefined && (after === '' || after.startsWith(' because ') || after.startsWith(' with an '));
  });
  if (namesThisDomain) return new RelayMisconfiguredError('swf denies the domain to its own role', options);
  return new TaskNotInDomainError('swf denies the task to the role of this domain', options);
}

function toInvalid(fault: AwsFault, options: ErrorOptions): RelayError {
  if (fault.message === 'Invalid token') return new InvalidTaskTokenError('swf: invalid token', options);
  return new MalformedRequestError('SWF refused a field as invalid.', options);
}
