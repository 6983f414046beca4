import { describe, expect, it } from 'vitest';

import { toAwsFault, toAwsResult } from '../../../lambda/http/aws-answer.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';

/** Stands for whatever a caller sent, or AWS said. */
const INPUT = 'Value <script>42 of a caller';
const cause = { cause: new Error(INPUT) };

const VALIDATION = 'com.amazon.coral.validate#ValidationException';
const UNKNOWN_OPERATION = 'com.amazon.coral.service#UnknownOperationException';
const ACCESS_DENIED = 'com.amazon.coral.service#AccessDeniedException';
const THROTTLING = 'com.amazon.coral.availability#ThrottlingException';
const coral = (name: string) => `com.amazon.coral.service#${name}`;

const SWF_SAYS =
  "1 validation error detected: Value at 'taskToken' failed to satisfy constraint: Member must not be null";

/** Every row of the table of failures, in the form that AWS's clients read. */
const rows = [
  {
    error: new errors.MalformedRequestError('The body must be JSON in UTF-8.', cause),
    type: VALIDATION,
    message: 'The body must be JSON in UTF-8.',
  },
  {
    error: new errors.MalformedRequestError('taskToken must be a string.', { ...cause, swfText: SWF_SAYS }),
    type: VALIDATION,
    message: SWF_SAYS,
  },
  { error: new errors.InvalidTaskTokenError(INPUT, cause), type: VALIDATION, message: 'Invalid token' },
  {
    error: new errors.RequestTooLargeError(INPUT, cause),
    type: coral('SerializationException'),
    message: 'The body is larger than 64 KiB.',
  },
  {
    error: new errors.MethodNotAllowedError(['GET']),
    type: UNKNOWN_OPERATION,
    message: 'This path does not accept this method.',
  },
  {
    error: new errors.UnknownOperationError(INPUT, cause),
    type: UNKNOWN_OPERATION,
    message: 'The relay does not offer this operation of SWF.',
  },
  {
    error: new errors.WrongEndpointError(INPUT, cause),
    type: UNKNOWN_OPERATION,
    message:
      'This is not an endpoint for AWS clients. Set the endpoint URL to the relay with the path /domains/{domain}.',
  },
  {
    error: new errors.SwfResourceUnknownError(INPUT, cause),
    type: THROTTLING,
    message:
      'SWF does not know a resource of this task, but does not call the task closed. Keep working and try again.',
  },
  {
    error: new errors.NotFoundError(INPUT, cause),
    type: UNKNOWN_OPERATION,
    message: 'There is no such path. The relay accepts exact paths only, without a query string.',
  },
  {
    error: new errors.UnauthenticatedError('no-proof'),
    type: coral('MissingAuthenticationTokenException'),
    message: 'Request is missing Authentication Token',
  },
  {
    error: new errors.UnauthenticatedError('bad-grammar', 'SignedHeaders must be sorted and list each name once.'),
    type: coral('IncompleteSignatureException'),
    message: 'SignedHeaders must be sorted and list each name once.',
  },
  {
    error: new errors.UnauthenticatedError('bad-grammar'),
    type: coral('IncompleteSignatureException'),
    message: 'The Authorization header is neither Bearer <key id>.<secret> nor an AWS Signature Version 4.',
  },
  {
    error: new errors.UnauthenticatedError('bad-date', 'Signature expired: it is late.'),
    type: coral('InvalidSignatureException'),
    message: 'Signature expired: it is late.',
  },
  {
    error: new errors.UnauthenticatedError('bad-date'),
    type: coral('InvalidSignatureException'),
    message: "The date of the signature is too far from the relay's clock.",
  },
  {
    error: new errors.UnauthenticatedError('bad-key'),
    type: coral('UnrecognizedClientException'),
    message: 'The security token included in the request is invalid.',
  },
  {
    error: new errors.DomainNotGrantedError(INPUT, cause),
    type: ACCESS_DENIED,
    message: 'This worker key may not do this in this domain.',
  },
  {
    error: new errors.DomainNotNamedError(INPUT, cause),
    type: ACCESS_DENIED,
    message: 'This worker key grants several domains. Name one in the path, as in /domains/orders.',
  },
  {
    error: new errors.TaskNotInDomainError(INPUT, cause),
    type: 'com.amazonaws.swf.base.model#OperationNotPermittedFault',
    message: 'This task does not belong to this domain.',
  },
  {
    error: new errors.TaskNotOpenError('Unknown activity, scheduledEventId = 5', cause),
    type: 'com.amazonaws.swf.base.model#UnknownResourceFault',
    message: 'Unknown activity, scheduledEventId = 5',
  },
  { error: new errors.SwfThrottledError(INPUT, cause), type: THROTTLING, message: 'Rate exceeded' },
  {
    error: new errors.KeyThrottledError(INPUT, cause),
    type: THROTTLING,
    message: 'Rate exceeded for this worker key',
  },
  {
    error: new errors.DomainThrottledError(INPUT, cause),
    type: THROTTLING,
    message: 'Rate exceeded for this domain',
  },
  {
    error: new errors.SwfUnavailableError(INPUT, cause),
    type: THROTTLING,
    message:
      'SWF failed or did not answer in time. Nobody knows whether it got the request: keep working and try again.',
  },
  {
    error: new errors.AuthenticationUnavailableError(INPUT, cause),
    type: THROTTLING,
    message: 'Worker keys cannot be checked at the moment. Keep working and try again.',
  },
  {
    error: new errors.CacheUnavailableError(INPUT, cause),
    type: THROTTLING,
    message: 'Task states cannot be read or stored at the moment. Try again.',
  },
  {
    error: new errors.RelayMisconfiguredError(INPUT, cause),
    type: THROTTLING,
    message: 'The relay is misconfigured and its operator must act. Keep working and try again.',
  },
  {
    error: new errors.TaskUnknownError(INPUT, cause),
    type: 'com.amazon.coral.service#UnknownOperationException',
    message: 'The relay has recorded no heartbeat for this task in this domain.',
  },
  {
    error: new errors.InternalError(INPUT, cause),
    type: THROTTLING,
    message: 'The relay failed. Keep working and try again.',
  },
].map(({ error, type, message }) => ({ name: error.name, error, type, message }));

it('covers every error class', () => {
  const classes = Object.keys(errors);
  expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(classes));
});

describe('a fault', () => {
  it.each(rows)('of $name is a 400 of $type: $message', ({ error, type, message }) => {
    const { statusCode, body } = toAwsFault(error, 'request-1', 0.5);
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toEqual({ __type: type, message });
  });

  it.each(rows)('of $name has a request id, and both hints exactly where it may go well later', ({ error, type }) => {
    const common = {
      'cache-control': 'no-store',
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': 'request-1',
    };
    const hints = type === THROTTLING ? { 'retry-after': '1', 'x-amz-retry-after': '1000' } : {};
    expect(toAwsFault(error, 'request-1', 0.5).headers).toEqual({ ...common, ...hints });
  });

  it.each(rows)('of $name echoes no input, message or cause', ({ error }) => {
    expect(JSON.stringify(toAwsFault(error, 'request-1', 0.5))).not.toContain(INPUT);
  });

  it('spreads retries over a second', () => {
    const hint = (jitter: number) => toAwsFault(new errors.InternalError(), 'r', jitter).headers['x-amz-retry-after'];
    expect([hint(0), hint(1)]).toEqual(['500', '1500']);
  });

  it('never asks an SDK to wait longer, because it blocks meanwhile', () => {
    const error = Object.assign(new errors.SwfThrottledError(), { retryAfterSeconds: 10 });
    expect(toAwsFault(error, 'r', 1).headers).toMatchObject({ 'retry-after': '1', 'x-amz-retry-after': '1500' });
  });
});

describe('an answer', () => {
  const headers = {
    'cache-control': 'no-store',
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': 'request-1',
  };

  it.each([true, false])("is exactly SWF's: %s", (cancelRequested) => {
    const body = `{"cancelRequested":${cancelRequested}}`;
    expect(toAwsResult(cancelRequested, 'request-1', {})).toStrictEqual({ statusCode: 200, headers, body });
  });

  it('that is not fresh says in a header how old it is', () => {
    const observedAt = '2026-11-22T07:58:30.000Z';
    expect(toAwsResult(true, 'request-1', { observedAt })).toStrictEqual({
      statusCode: 200,
      headers: { ...headers, 'x-relay-observed-at': observedAt },
      body: '{"cancelRequested":true}',
    });
  });

  it('that is paced says in another when the last accepted heartbeat was sent', () => {
    const age = { observedAt: '2026-11-22T07:58:30.000Z', acceptedAt: '2026-11-22T07:58:29.000Z' };
    expect(toAwsResult(false, 'request-1', age)).toStrictEqual({
      statusCode: 200,
      headers: { ...headers, 'x-relay-observed-at': age.observedAt, 'x-relay-accepted-at': age.acceptedAt },
      body: '{"cancelRequested":false}',
    });
  });
});
