import { expect } from 'vitest';

import { MARK } from './marked-values.ts';

/** RFC 3339, UTC. */
export const A_TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

/** RFC 9110's names. */
const TITLES: Readonly<Record<string, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  410: 'Gone',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** What every "try later" says of when, and no other answer. */
const RETRYABLE = new Set(['429', '500', '503']);
const AN_AWS_HINT: unknown = expect.stringMatching(/^(?:[5-9]\d\d|1[0-4]\d\d|1500)$/);
/** The native format's grow with the load: up to 10 s, because these tests name no timeout. */
const A_HINT: unknown = expect.stringMatching(/^(?:[5-9]\d\d|[1-9]\d{3}|10[0-4]\d\d|10500)$/);
const SECONDS: unknown = expect.stringMatching(/^(?:[1-9]|10)$/);

const ELAPSED: unknown = expect.any(Number);
const A_SENTENCE: unknown = expect.stringMatching(/^\S.{10,120}\.$/);
const ANY_TEXT: unknown = expect.any(String);

/**
 * The whole of an answer that is not a success: no other header may be in it, a CORS one for instance, no other
 * member, and nothing of what the caller sent.
 *
 * @param row status and code.
 * @param extra headers that belong to the row.
 * @param members those of the body that belong to it.
 */
export function aProblem(row: string, extra: Readonly<Record<string, string>> = {}, members: object = {}): object {
  const [status = '', code = ''] = row.split(' ');
  const noEcho: unknown = expect.not.stringMatching(new RegExp(MARK, 'i'));
  const hints = RETRYABLE.has(status) ? { 'retry-after': SECONDS, 'x-amz-retry-after': A_HINT } : {};
  return {
    status: Number(status),
    headers: { 'cache-control': 'no-store', 'content-type': 'application/problem+json', ...extra, ...hints },
    body: { title: TITLES[status], status: Number(status), code, detail: A_SENTENCE, requestId: 'strict', ...members },
    text: noEcho,
    elapsedMs: ELAPSED,
  };
}

/** The whole of a success. */
export function aSuccess(body: object): object {
  const headers = { 'cache-control': 'no-store', 'content-type': 'application/json' };
  return { status: 200, headers, body, text: ANY_TEXT, elapsedMs: ELAPSED };
}

/** Where AWS's clients look for the name of a fault, and the names that stand before it. */
const NAMESPACES: Readonly<Record<string, string>> = {
  OperationNotPermittedFault: 'com.amazonaws.swf.base.model',
  UnknownResourceFault: 'com.amazonaws.swf.base.model',
  ThrottlingException: 'com.amazon.coral.availability',
  ValidationException: 'com.amazon.coral.validate',
};

const AWS_HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'application/x-amz-json-1.0',
  'x-amzn-requestid': 'strict',
};

/**
 * The whole of a fault in the AWS form, which is to hold nothing of what the caller sent.
 *
 * @param message SWF's words, or what the relay's own must match.
 */
export function aFault(name: string, message: string | RegExp): object {
  const noEcho: unknown = expect.not.stringMatching(new RegExp(MARK, 'i'));
  const hints = name === 'ThrottlingException' ? { 'retry-after': '1', 'x-amz-retry-after': AN_AWS_HINT } : {};
  const words: unknown = typeof message === 'string' ? message : expect.stringMatching(message);
  return {
    status: 400,
    headers: { ...AWS_HEADERS, ...hints },
    body: { __type: `${NAMESPACES[name] ?? 'com.amazon.coral.service'}#${name}`, message: words },
    text: noEcho,
    elapsedMs: ELAPSED,
  };
}

/** The whole of a success in the AWS form. */
export function anAwsSuccess(cancelRequested: boolean, extra: Readonly<Record<string, unknown>> = {}): object {
  const text = JSON.stringify({ cancelRequested });
  return { status: 200, headers: { ...AWS_HEADERS, ...extra }, body: { cancelRequested }, text, elapsedMs: ELAPSED };
}

/** The end of a task, which SWF answers with nothing. */
export const AN_EMPTY_SUCCESS: object = { status: 200, headers: AWS_HEADERS, body: {}, text: '', elapsedMs: ELAPSED };
