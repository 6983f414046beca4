import { MalformedRequestError } from '../http/errors.ts';
import type { CallOutcome } from '../share/costs.ts';
import {
  InvalidTaskTokenError,
  SwfThrottledError,
  SwfUnavailableError,
  TaskNotInDomainError,
  TaskNotOpenError,
} from './errors.ts';

/** What a failed call to SWF came to, as far as fair share looks at it. */
export function toCallOutcome(error: unknown): CallOutcome {
  if (error instanceof TaskNotOpenError) return 'closed';
  if (error instanceof SwfThrottledError) return 'throttled';
  if (error instanceof SwfUnavailableError) return error.isTimeout ? 'timedOut' : 'failed';
  return isRefusal(error) ? 'refused' : 'failed';
}

/** What the worker sent was wrong, and SWF had to find out. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof InvalidTaskTokenError ||
    error instanceof TaskNotInDomainError ||
    error instanceof MalformedRequestError
  );
}
