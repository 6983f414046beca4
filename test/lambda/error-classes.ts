import * as httpErrors from '../../lambda/http/errors.ts';
import * as taskErrors from '../../lambda/tasks/errors.ts';
import * as workerErrors from '../../lambda/workers/errors.ts';

const { AWS_TYPES: _types, RelayError: _base, RetryableError: _retryable, ...concreteHttpErrors } = httpErrors;

/** Every row of the table of failures. A new class belongs to it as soon as its file exports it. */
export const ERROR_CLASSES = { ...concreteHttpErrors, ...workerErrors, ...taskErrors };

/** SWF's words for a task that is over. */
export const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';

/** Every error that a call to SWF can end in. New ones each time, because the function adds a retry hint to an error. */
export const createSwfErrors = () => [
  new taskErrors.InvalidTaskTokenError(),
  new httpErrors.MalformedRequestError('SWF refused a field as invalid.'),
  new taskErrors.TaskNotInDomainError(),
  new taskErrors.TaskNotOpenError(CLOSED_TEXT),
  new taskErrors.SwfThrottledError(),
  new taskErrors.SwfUnavailableError(),
  new taskErrors.SwfUnavailableError('no answer', { isTimeout: true }),
  new taskErrors.SwfResourceUnknownError(),
  new httpErrors.RelayMisconfiguredError(),
];
