import * as httpErrors from '../../lambda/http/errors.ts';
import * as taskErrors from '../../lambda/tasks/errors.ts';
import * as workerErrors from '../../lambda/workers/errors.ts';

const { AWS_TYPES: _types, RelayError: _base, RetryableError: _retryable, ...concreteHttpErrors } = httpErrors;

/** Every row of the table of failures. A new class belongs to it as soon as its file exports it. */
export const ERROR_CLASSES = { ...concreteHttpErrors, ...workerErrors, ...taskErrors };
