import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { describe, expect, it, onTestFinished } from 'vitest';

import type { ServerCertificate } from '../../../../local/gateway/tls/certificate.ts';
import { aGateway, type TestGateway } from '../gateway.ts';
import { bodyOf, sendLine, sendRaw, statusOf } from '../wire.ts';
import { loopNow } from '../../../loop-time.ts';
import { aCertificate } from './test-certificate.ts';

const aText: unknown = expect.any(String);

interface Secure {
  readonly gateway: TestGateway;
  readonly certificate: ServerCertificate;
}

async function aSecureGateway(over: Parameters<typeof aGateway>[0] = {}): Promise<Secure> {
  const certificate = await aCertificate();
  return { gateway: await aGateway(over, certificate), certificate };
}

/** Sends a POST from a client that trusts the authority, or none. */
async function post(url: string, ca: string | undefined, body: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>();
  const options = { method: 'POST', agent: false, ...(ca === undefined ? {} : { ca }) };
  request(url, options, (response) => {
    text(response).then((answer) => resolve({ status: response.statusCode, body: answer }), reject);
  })
    .on('error', reject)
    .end(body);
  return promise;
}

/** Checks that the gateway still works. */
async function expectToServe({ gateway, certificate }: Secure): Promise<void> {
  gateway.events.length = 0;
  expect(await post(gateway.url, certificate.authority, '')).toEqual({ status: 200, body: '' });
  expect(gateway.events).toHaveLength(1);
}

describe('a gateway with TLS', () => {
  it("passes an HTTPS request to the function and the function's answer to the client", async () => {
    const result = { statusCode: 200, body: '{"forwarded":true}' };
    const { gateway, certificate } = await aSecureGateway({ invoke: async () => ({ kind: 'answered', result }) });
    expect(gateway.url).toBe(`https://127.0.0.1:${gateway.port}`);
    const answer = await post(`${gateway.url}/domains/orders/heartbeats`, certificate.authority, '{"taskToken":"t"}');
    expect(answer).toEqual({ status: 200, body: '{"forwarded":true}' });
    expect(gateway.events).toMatchObject([
      {
        rawPath: '/domains/orders/heartbeats',
        headers: { 'x-forwarded-proto': 'https', 'x-forwarded-port': String(gateway.port) },
        requestContext: { domainName: `127.0.0.1:${gateway.port}`, http: { sourceIp: '127.0.0.1' } },
      },
    ]);
    expect(gateway.exchanges).toMatchObject([{ status: 200, requestBody: Buffer.from('{"taskToken":"t"}') }]);
  });

  it.each([
    { given: 'a foreign Host', headers: ['host: evil.example'], status: 403 },
    { given: 'no Host', headers: [], status: 403 },
    { given: 'an origin with plain HTTP', headers: ['host: localhost', 'origin: http://localhost'], status: 403 },
    { given: 'its own origin', headers: ['host: localhost', 'origin: https://localhost'], status: 200 },
    { given: 'two Host headers', headers: ['host: localhost', 'host: localhost'], status: 400 },
    { given: 'too many headers', headers: ['host: localhost', `x: ${'v'.repeat(11_000)}`], status: 431 },
    {
      given: 'more headers than the parser reads',
      headers: ['host: localhost', `x: ${'v'.repeat(70_000)}`],
      status: 431,
    },
  ])('$status for $given, as in plain HTTP', async ({ headers, status }) => {
    const { gateway, certificate } = await aSecureGateway();
    const answer = await sendLine(gateway.port, 'POST / HTTP/1.1', headers, '', certificate.authority);
    expect(statusOf(answer)).toBe(status);
    expect(gateway.events).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([
    { given: 'bytes that are not HTTP', sent: 'hello\r\n\r\n', status: 400 },
    { given: 'CONNECT', sent: 'CONNECT localhost:443 HTTP/1.1\r\nhost: localhost\r\n\r\n', status: 405 },
    { given: 'headers that do not arrive', sent: 'POST / HTTP/1.1\r\nhost: loc', status: 408 },
  ])('$status for $given, as in plain HTTP', async ({ sent, status }) => {
    const { gateway, certificate } = await aSecureGateway({ clientTimeouts: { headersMs: 200, requestMs: 400 } });
    const answer = await sendRaw(gateway.port, sent, certificate.authority);
    expect(statusOf(answer)).toBe(status);
    expect(JSON.parse(bodyOf(answer))).toEqual({ message: aText });
  });

  it.each([
    { given: 'plain HTTP', sent: 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n' },
    { given: 'noise', sent: '\0\xff'.repeat(5_000) },
    { given: 'a silent client', sent: '' },
    { given: 'an incomplete handshake', sent: '\x16\x03\x01\x02\x00\x01' },
  ])('closes the connection for $given, and keeps serving', async ({ sent }) => {
    const secure = await aSecureGateway({ clientTimeouts: { headersMs: 200, requestMs: 400 } });
    expect(await sendRaw(secure.gateway.port, sent)).not.toContain('HTTP/1.1');
    expect(secure.gateway.events).toEqual([]);
    await expectToServe(secure);
  });

  it('keeps serving after a client that does not trust it', async () => {
    const secure = await aSecureGateway();
    await expect(post(secure.gateway.url, undefined, '')).rejects.toThrow('unable to verify the first certificate');
    expect(secure.gateway.events).toEqual([]);
    await expectToServe(secure);
  });

  it('stops at once, even with a handshake and a request in progress', async () => {
    const { gateway, certificate } = await aSecureGateway({ invoke: () => Promise.withResolvers<never>().promise });
    const silent = connect(gateway.port, '127.0.0.1');
    onTestFinished(() => void silent.destroy());
    await once(silent, 'connect');
    const lost = post(gateway.url, certificate.authority, '');
    lost.catch(() => undefined);
    await expect.poll(() => gateway.events.length).toBe(1);
    const startedAtMs = loopNow();
    await gateway.close();
    expect(loopNow() - startedAtMs).toBeLessThan(1_000);
    await expect(lost).rejects.toThrow('socket hang up');
  });
});
