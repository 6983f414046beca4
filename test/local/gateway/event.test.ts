import { expect, it } from 'vitest';

import { toHttpEvent } from '../../../local/gateway/event.ts';
import { findRawPath } from '../../../local/gateway/request.ts';
import type { ReceivedRequest } from '../../../local/gateway/request.ts';
import { NOW } from './gateway.ts';

const aRequest = (over: Partial<ReceivedRequest> = {}): ReceivedRequest => ({
  method: 'POST',
  target: '/domains/orders/',
  protocol: 'HTTP/1.1',
  headers: [['Host', '127.0.0.1:8787']],
  scheme: 'http',
  sourceIp: '127.0.0.1',
  body: Buffer.alloc(0),
  ...over,
});

const toEvent = (over: Partial<ReceivedRequest> = {}) =>
  toHttpEvent(
    aRequest(over),
    { apiId: 'abc123', accountId: '111122223333' },
    { requestId: 'JKJaXmPLvHcESHA=', timeEpochMs: NOW, traceId: 'Root=1-2-3' },
  );

it('creates the complete event of payload format 2.0', () => {
  expect(toEvent({ headers: [...aRequest().headers, ['User-Agent', 'curl/8'], ['Connection', 'close']] })).toEqual({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/domains/orders/',
    rawQueryString: '',
    headers: {
      host: '127.0.0.1:8787',
      'user-agent': 'curl/8',
      'content-length': '0',
      'x-amzn-trace-id': 'Root=1-2-3',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '8787',
      'x-forwarded-proto': 'http',
    },
    requestContext: {
      accountId: '111122223333',
      apiId: 'abc123',
      domainName: '127.0.0.1:8787',
      domainPrefix: '127',
      http: {
        method: 'POST',
        path: '/domains/orders/',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'curl/8',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '22/Nov/2026:08:00:00 +0000',
      timeEpoch: NOW,
    },
    isBase64Encoded: false,
  });
});

it.each([
  { type: 'application/json', isBase64Encoded: false },
  { type: 'Application/JSON; charset=utf-8', isBase64Encoded: false },
  { type: 'application/xml', isBase64Encoded: false },
  { type: 'application/javascript', isBase64Encoded: false },
  { type: 'text/plain', isBase64Encoded: false },
  { type: 'application/x-amz-json-1.0', isBase64Encoded: true },
  { type: 'application/x-www-form-urlencoded', isBase64Encoded: true },
  { type: 'application/problem+json', isBase64Encoded: true },
  { type: 'application/jsonp', isBase64Encoded: true },
  { type: 'image/png', isBase64Encoded: true },
  { type: undefined, isBase64Encoded: true },
])('for a body of type $type, sets isBase64Encoded to $isBase64Encoded', ({ type, isBase64Encoded }) => {
  const headers = type === undefined ? [] : [['Content-Type', type] as const];
  expect(toEvent({ headers, body: Buffer.from('é') })).toMatchObject({
    body: isBase64Encoded ? 'w6k=' : 'é',
    isBase64Encoded,
    headers: { 'content-length': '2' },
  });
});

it.each([
  { target: '/', rawPath: '/' },
  { target: '/a%2Fb', rawPath: '/a/b' },
  { target: '/a+b', rawPath: '/a+b' },
  { target: '/a?b%zz', rawPath: '/a' },
  { target: '/me%3Fadmin=true?x', rawPath: '/me' },
  { target: '/orders%23', rawPath: '/orders#' },
  { target: '/%', rawPath: undefined },
  { target: '/%c3', rawPath: undefined },
  { target: '*', rawPath: undefined },
])('the raw path of $target is $rawPath', ({ target, rawPath }) => {
  expect(findRawPath(target)).toBe(rawPath);
});

it.each([
  { scheme: 'http', host: 'localhost:8787', port: '8787' },
  { scheme: 'http', host: 'localhost', port: '80' },
  { scheme: 'https', host: 'localhost:8787', port: '8787' },
  { scheme: 'https', host: 'localhost', port: '443' },
] as const)('sets the x-forwarded headers for $scheme and host $host', ({ scheme, host, port }) => {
  expect(toEvent({ scheme, headers: [['Host', host]] }).headers).toMatchObject({
    'x-forwarded-port': port,
    'x-forwarded-proto': scheme,
  });
});

it('keeps the trace id of the client, and appends the source address to x-forwarded-for', () => {
  const headers = [['X-Amzn-Trace-Id', 'Root=9'] as const, ['X-Forwarded-For', '10.0.0.1'] as const];
  expect(toEvent({ headers }).headers).toMatchObject({
    'x-amzn-trace-id': 'Root=9',
    'x-forwarded-for': '10.0.0.1, 127.0.0.1',
  });
});
