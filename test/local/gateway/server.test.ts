import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';

import type { InvokeOutcome } from '../../../local/function-host/outcome.ts';
import { startGateway } from '../../../local/gateway/server.ts';
import { PortInUseError } from '../../../local/listen.ts';
import { NOW, aGateway, settings } from './gateway.ts';
import { bodyOf, sendLine, sendRaw, statusOf } from './wire.ts';

const answering = (result: unknown) => async (): Promise<InvokeOutcome> => ({ kind: 'answered', result });

const aNumber: unknown = expect.any(Number);
const aText: unknown = expect.any(String);
const digits: unknown = expect.stringMatching(/^\d+$/);

describe('an exchange', () => {
  it("passes the request to the function and the function's answer to the client", async () => {
    const gateway = await aGateway({
      invoke: answering({
        statusCode: 429,
        headers: { 'Retry-After': 1, 'content-type': 'application/problem+json' },
        cookies: ['a=1; Path=/', 'b=2'],
        body: '{"code":"SwfThrottled"}',
      }),
    });
    const response = await fetch(`${gateway.url}/domains/orders/heartbeats`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(429);
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect([...response.headers.keys()].filter((name) => name !== 'set-cookie')).toEqual([
      'apigw-requestid',
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'retry-after',
    ]);
    expect(response.headers.get('apigw-requestid')).toMatch(/^[\w+/]{15}=$/);
    expect(response.headers.get('apigw-requestid')).toBe(gateway.events[0]?.requestContext.requestId);
    expect(await response.json()).toEqual({ code: 'SwfThrottled' });
    expect(gateway.exchanges).toEqual([
      {
        method: 'POST',
        path: '/domains/orders/heartbeats',
        requestBody: Buffer.from('{}'),
        status: 429,
        responseBody: '{"code":"SwfThrottled"}',
        elapsedMs: aNumber,
      },
    ]);
  });

  it('decodes a binary answer', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    const result = { statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true };
    const gateway = await aGateway({ invoke: answering(result) });
    const response = await fetch(gateway.url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  it('answers HEAD with the content length but without the body', async () => {
    const gateway = await aGateway({ invoke: answering({ statusCode: 200, body: 'seven b' }) });
    const answer = await sendLine(gateway.port, 'HEAD / HTTP/1.1');
    expect(answer).toContain('content-length: 7\r\n');
    expect(bodyOf(answer)).toBe('');
  });

  it('passes OPTIONS to the function', async () => {
    const gateway = await aGateway({ invoke: answering({ statusCode: 204 }) });
    const answer = await sendLine(gateway.port, 'OPTIONS /any HTTP/1.1');
    expect(statusOf(answer)).toBe(204);
    expect(answer).not.toContain('content-length');
    expect(gateway.events[0]?.requestContext.http.method).toBe('OPTIONS');
  });

  it('joins repeated headers, cookies and parameters in order, as API Gateway does', async () => {
    const gateway = await aGateway();
    const headers = [
      'Host: localhost:99',
      'X-Twice: a',
      'x-twice: b',
      '__proto__: c',
      'Cookie: k=v; l=w',
      'cookie: m=x',
    ];
    await sendLine(gateway.port, 'GET /a%20b%3Fcut/%C3%A9?x=1&y=%20&x=2 HTTP/1.1', headers);
    expect(gateway.events[0]).toMatchObject({
      rawPath: '/a b',
      rawQueryString: 'x=1&y=%20&x=2',
      queryStringParameters: { x: '1,2', y: ' ' },
      cookies: ['k=v', 'l=w', 'm=x'],
      requestContext: { domainName: 'localhost:99', domainPrefix: 'localhost', timeEpoch: NOW },
    });
    expect(Object.entries(gateway.events[0]?.headers ?? {})).toEqual([
      ['host', 'localhost:99'],
      ['x-twice', 'a,b'],
      ['__proto__', 'c'],
      ['content-length', '0'],
      ['x-amzn-trace-id', expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/)],
      ['x-forwarded-for', '127.0.0.1'],
      ['x-forwarded-port', '99'],
      ['x-forwarded-proto', 'http'],
    ]);
  });

  it('serves several requests on one connection', async () => {
    const gateway = await aGateway({ invoke: answering({ statusCode: 200, body: 'x' }) });
    const line = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answers = await sendRaw(gateway.port, `${line}${line}${line.replace('host', 'connection: close\r\nhost')}`);
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });
});

describe("the gateway's own answers", () => {
  it.each<{ given: string; outcome: InvokeOutcome; status: number; message: string }>([
    { given: 'fails', outcome: { kind: 'failed', errorType: 'E' }, status: 500, message: 'Internal Server Error' },
    { given: 'is throttled', outcome: { kind: 'throttled' }, status: 503, message: 'Service Unavailable' },
    {
      given: 'returns an invalid response',
      outcome: { kind: 'answered', result: { statusCode: 'ok' } },
      status: 500,
      message: 'Internal Server Error',
    },
  ])('$status when the function $given', async ({ outcome, status, message }) => {
    const gateway = await aGateway({ invoke: async () => outcome });
    const response = await fetch(gateway.url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(JSON.stringify({ message }));
  });

  it('500 when the invocation rejects', async () => {
    const gateway = await aGateway({ invoke: async () => Promise.reject(new Error('no')) });
    expect((await fetch(gateway.url)).status).toBe(500);
  });

  it('503 when the integration times out', async () => {
    const { promise, resolve } = Promise.withResolvers<InvokeOutcome>();
    const gateway = await aGateway({ invoke: () => promise, integrationTimeoutMs: 30 });
    const response = await fetch(gateway.url);
    resolve({ kind: 'answered', result: {} });
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
  });

  it('429 after the burst, until the rate adds a token', async () => {
    let now = NOW;
    const gateway = await aGateway({ throttle: { ratePerSecond: 2, burst: 2 }, clock: () => now });
    const status = async (): Promise<number> => (await fetch(gateway.url)).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    now += 499;
    expect(await status()).toBe(429);
    now += 1;
    expect([await status(), await status()]).toEqual([200, 429]);
    now += 3_600_000;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  });

  it.each([
    { given: 'a path with invalid percent-encoding', line: 'GET /%zz HTTP/1.1', status: 400 },
    { given: 'a path that is not UTF-8', line: 'GET /%ff HTTP/1.1', status: 400 },
    { given: 'a target that is not a path', line: 'GET http://localhost/ HTTP/1.1', status: 400 },
    { given: 'TRACE', line: 'TRACE / HTTP/1.1', status: 405 },
    { given: 'CONNECT', line: 'CONNECT localhost:443 HTTP/1.1', status: 405 },
    { given: 'bytes that are not HTTP', line: 'hello', status: 400 },
  ])('$status for $given', async ({ line, status }) => {
    const gateway = await aGateway();
    const answer = await sendLine(gateway.port, line);
    expect(statusOf(answer)).toBe(status);
    expect(JSON.parse(bodyOf(answer))).toEqual({ message: aText });
    expect(gateway.events).toEqual([]);
  });

  it('400 for two Host headers', async () => {
    const gateway = await aGateway();
    expect(statusOf(await sendLine(gateway.port, 'GET / HTTP/1.1', ['host: localhost', 'host: evil']))).toBe(400);
  });

  it('408 for headers that do not arrive, without delaying other clients', async () => {
    const gateway = await aGateway({ clientTimeouts: { headersMs: 50, requestMs: 100 } });
    const slow = sendRaw(gateway.port, 'POST / HTTP/1.1\r\nhost: loc');
    expect((await fetch(gateway.url)).status).toBe(200);
    expect(statusOf(await slow)).toBe(408);
  });

  it('creates no event for an incomplete body', async () => {
    const gateway = await aGateway({ clientTimeouts: { headersMs: 50, requestMs: 100 } });
    await sendLine(gateway.port, 'POST / HTTP/1.1', ['host: localhost', 'content-length: 10'], 'abc');
    expect((await fetch(gateway.url)).status).toBe(200);
    expect(gateway.events).toHaveLength(1);
  });
});

describe('limits', () => {
  const line = 'GET / HTTP/1.1';
  const room = 10_240 - line.length - 'localhost'.length - 'close'.length;

  it.each([
    { given: '10,240 bytes of request line and header values', size: room, status: 200 },
    { given: 'one byte more', size: room + 1, status: 431 },
    { given: 'more than the parser accepts', size: 70_000, status: 431 },
  ])('$given: $status', async ({ size, status }) => {
    const gateway = await aGateway();
    const answer = await sendLine(gateway.port, line, ['host: localhost', `x: ${'v'.repeat(size)}`]);
    expect(statusOf(answer)).toBe(status);
    expect(bodyOf(answer)).toBe(status === 431 ? '{"message":"Request Header Fields Too Large"}' : '');
  });

  it.each([
    { given: '1,500 short headers', count: 1_500, status: 200 },
    { given: '5,200 short headers', count: 5_200, status: 431 },
  ])('$given: $status', async ({ count, status }) => {
    const gateway = await aGateway();
    const many = Array.from({ length: count }, () => 'x: ab');
    expect(statusOf(await sendLine(gateway.port, line, ['host: localhost', ...many]))).toBe(status);
  });

  it.each([
    { given: '4.7 MB as base64', size: 4_700_000, type: 'application/x-amz-json-1.0', status: 200 },
    { given: '4.8 MB as base64', size: 4_800_000, type: 'application/x-amz-json-1.0', status: 413 },
    { given: '4.8 MB as text', size: 4_800_000, type: 'application/json', status: 200 },
    { given: '6.3 MB as text', size: 6_300_000, type: 'application/json', status: 413 },
    { given: 'over 10 MB', size: 10_485_761, type: 'application/json', status: 413 },
  ])('$given: $status', async ({ size, type, status }) => {
    const gateway = await aGateway();
    const body = Buffer.alloc(size, 'x');
    const response = await fetch(gateway.url, { method: 'POST', body, headers: { 'content-type': type } });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(status === 413 ? '{"message":"Request Entity Too Large"}' : '');
    expect(gateway.events).toHaveLength(status === 200 ? 1 : 0);
  });

  it('over 10 MB without a content length: 413 before the body ends', async () => {
    const gateway = await aGateway();
    const { port } = gateway;
    const chunk = 10_485_761;
    const head = `POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunk.toString(16)}\r\n`;
    const socket = connect(port, '127.0.0.1', () => socket.write(head + 'x'.repeat(chunk)));
    const answer: unknown[] = await once(socket, 'data');
    socket.destroy();
    expect(statusOf(String(answer[0]))).toBe(413);
  });
});

describe('the local port', () => {
  it.each([
    { given: 'a foreign Host', headers: ['host: evil.example'] },
    { given: 'no Host', headers: [] },
    { given: "another page's Origin", headers: ['host: localhost', 'origin: http://localhost:1'] },
    { given: 'a cross-site request', headers: ['host: localhost', 'sec-fetch-site: cross-site'] },
  ])('refuses $given', async ({ headers }) => {
    const gateway = await aGateway();
    const answer = await sendLine(gateway.port, 'POST / HTTP/1.1', headers);
    expect(statusOf(answer)).toBe(403);
    expect(JSON.parse(bodyOf(answer))).toEqual({ message: 'Forbidden' });
    expect(gateway.events).toEqual([]);
  });
});

describe('starting and stopping', () => {
  const deps = { invoke: answering(''), clock: () => NOW, onAccessLog: () => undefined };

  it('reports a port that is in use', async () => {
    const { port } = await aGateway();
    const start = startGateway(settings, deps, port);
    await expect(start).rejects.toThrow(PortInUseError);
    await expect(start).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
  });

  it.each([
    { given: 'an unsupported route', over: { routeKeys: ['$default', 'GET /health'] }, message: 'GET /health' },
    { given: 'no route', over: { routeKeys: [] }, message: '$default' },
    { given: 'an unknown log variable', over: { accessLogFormat: '$context.nope' }, message: 'nope' },
  ])('refuses $given', async ({ over, message }) => {
    await expect(startGateway({ ...settings, ...over }, deps, 0)).rejects.toThrow(message);
  });

  it('drops requests in progress when it closes', async () => {
    const invoke = vi.fn<() => Promise<InvokeOutcome>>(() => Promise.withResolvers<InvokeOutcome>().promise);
    const gateway = await aGateway({ invoke });
    const lost = fetch(gateway.url);
    lost.catch(() => undefined);
    await expect.poll(() => invoke.mock.calls.length).toBeGreaterThan(0);
    await gateway.close();
    await expect(lost).rejects.toThrow('fetch failed');
    await expect(fetch(gateway.url)).rejects.toThrow('fetch failed');
  });
});

it("writes the access log in the stage's format", async () => {
  const accessLogFormat =
    '{"id":"$context.requestId","status":"$context.status","at":"$context.requestTime","ip":"$context.identity.sourceIp",' +
    '"ms":"$context.integrationLatency","error":"$context.integrationErrorMessage","agent":"$context.identity.userAgent"}';
  const gateway = await aGateway({ accessLogFormat, invoke: async () => ({ kind: 'failed', errorType: 'Boom' }) });
  await fetch(gateway.url, { headers: { 'user-agent': 'a"b' } });
  await sendLine(gateway.port, 'GET /%zz HTTP/1.1');
  expect(gateway.logLines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      id: gateway.events[0]?.requestContext.requestId,
      status: '500',
      at: '22/Nov/2026:08:00:00 +0000',
      ip: '127.0.0.1',
      ms: digits,
      error: 'the function failed: Boom',
      agent: 'a"b',
    },
    expect.objectContaining({ status: '400', ms: '-', error: '-', agent: '-' }),
  ]);
});
