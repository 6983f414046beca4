import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toNativeProblem, toNativeResult } from '../../../lambda/http/native-answer.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';

/** Stands for whatever a caller sent, or AWS said. */
const INPUT = 'Unknown activity <script>42';
const cause = { cause: new Error(INPUT) };

const rows = [
  { error: new errors.MalformedRequestError('details must be a string.', cause), status: 400, title: 'Bad Request' },
  { error: new errors.InvalidTaskTokenError(INPUT, cause), status: 400, title: 'Bad Request' },
  { error: new errors.UnauthenticatedError('no-proof'), status: 401, title: 'Unauthorized' },
  { error: new errors.UnauthenticatedError('bad-grammar'), status: 401, title: 'Unauthorized' },
  { error: new errors.UnauthenticatedError('bad-key'), status: 401, title: 'Unauthorized' },
  { error: new errors.DomainNotGrantedError(INPUT, cause), status: 403, title: 'Forbidden' },
  { error: new errors.DomainNotNamedError(INPUT, cause), status: 403, title: 'Forbidden' },
  { error: new errors.TaskNotInDomainError(INPUT, cause), status: 403, title: 'Forbidden' },
  { error: new errors.UnknownOperationError(INPUT, cause), status: 404, title: 'Not Found' },
  { error: new errors.WrongEndpointError(INPUT, cause), status: 404, title: 'Not Found' },
  { error: new errors.NotFoundError(INPUT, cause), status: 404, title: 'Not Found' },
  { error: new errors.TaskUnknownError(INPUT, cause), status: 404, title: 'Not Found' },
  { error: new errors.MethodNotAllowedError(['GET', 'POST']), status: 405, title: 'Method Not Allowed' },
  { error: new errors.TaskNotOpenError(INPUT, cause), status: 410, title: 'Gone' },
  { error: new errors.RequestTooLargeError(INPUT, cause), status: 413, title: 'Content Too Large' },
  { error: new errors.SwfThrottledError(INPUT, cause), status: 429, title: 'Too Many Requests' },
  { error: new errors.KeyThrottledError(INPUT, cause), status: 429, title: 'Too Many Requests' },
  { error: new errors.DomainThrottledError(INPUT, cause), status: 429, title: 'Too Many Requests' },
  { error: new errors.InternalError(INPUT, cause), status: 500, title: 'Internal Server Error' },
  { error: new errors.SwfUnavailableError(INPUT, cause), status: 503, title: 'Service Unavailable' },
  { error: new errors.AuthenticationUnavailableError(INPUT, cause), status: 503, title: 'Service Unavailable' },
  { error: new errors.SwfResourceUnknownError(INPUT, cause), status: 503, title: 'Service Unavailable' },
  { error: new errors.CacheUnavailableError(INPUT, cause), status: 503, title: 'Service Unavailable' },
  { error: new errors.RelayMisconfiguredError(INPUT, cause), status: 503, title: 'Service Unavailable' },
].map(({ error, status, title }) => ({ error, code: error.code, status, title }));

const CODES = [
  'MalformedRequest',
  'InvalidTaskToken',
  'Unauthenticated',
  'DomainNotGranted',
  'DomainNotNamed',
  'TaskNotInDomain',
  'UnknownOperation',
  'WrongEndpoint',
  'NotFound',
  'TaskUnknown',
  'MethodNotAllowed',
  'TaskNotOpen',
  'RequestTooLarge',
  'SwfThrottled',
  'KeyThrottled',
  'DomainThrottled',
  'InternalError',
  'SwfUnavailable',
  'AuthenticationUnavailable',
  'SwfResourceUnknown',
  'CacheUnavailable',
  'RelayMisconfigured',
];

it('covers every error class, each with its name and its fixed code', () => {
  const classes = Object.keys(errors);
  expect(new Set(rows.map(({ error }) => error.constructor.name))).toEqual(new Set(classes));
  expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(CODES));
  for (const { error } of rows) {
    expect(error.name).toBe(error.constructor.name);
    expect(error.name).toBe(`${error.code.replace(/Error$/, '')}Error`);
  }
});

describe('a problem', () => {
  it.each(rows)('$code is a whole document of RFC 9457 with status $status', ({ error, code, status, title }) => {
    const problem = toNativeProblem(error, 'request-1', 0.5);
    expect(problem.statusCode).toBe(status);
    expect(problem.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
    });
    expect(JSON.parse(problem.body)).toEqual({ title, status, code, detail: error.detail, requestId: 'request-1' });
    expect(error.detail).toMatch(/^\S.{10,}\.$/);
  });

  it.each(rows)('$code echoes no input, message or cause', ({ error }) => {
    expect(JSON.stringify(toNativeProblem(error, 'request-1', 0.5))).not.toContain(INPUT);
  });

  it.each(rows)('$code has a message for whoever debugs', ({ error }) => {
    expect(error.message).toMatch(/\S/);
  });

  it.each(rows)('$code of $status says when to try again exactly where it helps', ({ error, status }) => {
    const hints = { 'retry-after': '1', 'x-amz-retry-after': '1000' };
    const { headers } = toNativeProblem(error, 'request-1', 0.5);
    const { 'retry-after': seconds, 'x-amz-retry-after': milliseconds } = headers;
    const given = { 'retry-after': seconds, 'x-amz-retry-after': milliseconds };
    expect(given).toEqual(status >= 429 ? hints : { 'retry-after': undefined, 'x-amz-retry-after': undefined });
  });

  it.each(rows)('$code of $status has the headers of its status, and no others', ({ error, status }) => {
    const common = ['cache-control', 'content-type'];
    const own: Record<number, string[]> = { 401: ['www-authenticate'], 405: ['allow'] };
    const hints = status >= 429 ? ['retry-after', 'x-amz-retry-after'] : [];
    const { headers } = toNativeProblem(error, 'request-1', 0.5);
    expect(Object.keys(headers).sort()).toEqual([...common, ...(own[status] ?? []), ...hints].sort());
  });

  it('says a longer time in both headers, as far as each can', () => {
    const error = Object.assign(new errors.SwfThrottledError(), { retryAfterSeconds: 7 });
    const hintsOf = (jitter: number) => toNativeProblem(error, 'r', jitter).headers;
    expect(hintsOf(0)).toMatchObject({ 'retry-after': '7', 'x-amz-retry-after': '6500' });
    expect(hintsOf(1)).toMatchObject({ 'retry-after': '7', 'x-amz-retry-after': '7500' });
  });

  it('names the methods that a path takes', () => {
    const { headers } = toNativeProblem(new errors.MethodNotAllowedError(['GET', 'POST']), 'request-1', 0);
    expect(headers['allow']).toBe('GET, POST');
  });

  it('asks for a worker key', () => {
    const { headers } = toNativeProblem(new errors.UnauthenticatedError('no-proof'), 'request-1', 0);
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  it('spreads retries over a second', () => {
    const hint = (jitter: number) =>
      Number(toNativeProblem(new errors.InternalError(), 'r', jitter).headers['x-amz-retry-after']);
    expect([hint(0), hint(1)]).toEqual([500, 1500]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (jitter) => {
        expect(Number.isInteger(hint(jitter))).toBe(true);
        expect(hint(jitter)).toBeGreaterThanOrEqual(500);
        expect(hint(jitter)).toBeLessThanOrEqual(1500);
      }),
    );
  });
});

it('is JSON, not to be stored, where all went well', () => {
  expect(toNativeResult({ status: 'ok' })).toEqual({
    statusCode: 200,
    headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
    body: '{"status":"ok"}\n',
  });
});
