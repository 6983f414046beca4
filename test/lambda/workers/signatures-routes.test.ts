import { HttpRequest } from '@smithy/protocol-http';
import { describe, expect, it } from 'vitest';

import { aSigning, HOST, TARGET } from './signed-request.ts';
import { aSigner } from './sdk-signer.ts';
import { aKeyId, aRecord, NOW, toSecret } from './worker-key-records.ts';
import { createFakeBackends, createTestApp, storeRow, TASK_ID, TASK_TOKEN, toCode, toEvent } from '../test-app.ts';
import { borne, borneWithoutTarget, CORAL, RECORDED, signed, signedWithoutTarget, toFault } from './signed-events.ts';

const { headers: SENT } = aSigning();
const denied = { __type: `${CORAL}AccessDeniedException` };

describe('any proof works on any route, and the route says how it is answered', () => {
  const PROOFS = [
    { proof: 'a signature', send: signed, sendNative: signedWithoutTarget },
    { proof: 'a bearer key', send: borne, sendNative: borneWithoutTarget },
  ];
  const ROUTES = [
    { route: 'POST /domains/orders', over: {}, type: 'application/x-amz-json-1.0', said: RECORDED },
    {
      route: 'POST /domains/orders/',
      over: { path: '/domains/orders/' },
      type: 'application/x-amz-json-1.0',
      said: RECORDED,
    },
    { route: 'POST /', over: { path: '/' }, type: 'application/x-amz-json-1.0', said: RECORDED },
    {
      route: 'POST /domains/orders/heartbeats',
      over: { path: '/domains/orders/heartbeats' },
      type: 'application/json',
      said: '"forwarded":true',
    },
    {
      route: 'GET /domains/orders/tasks/{taskId}',
      over: { path: `/domains/orders/tasks/${TASK_ID}`, method: 'GET', body: '' },
      type: 'application/json',
      said: '"state":"open"',
    },
    {
      route: 'GET /health',
      over: { path: '/health', method: 'GET', body: '' },
      type: 'application/json',
      said: '"ok"',
    },
  ];

  describe.each(PROOFS)('$proof', ({ send, sendNative }) => {
    it.each(ROUTES)('on $route', async ({ over, type, said }) => {
      const backends = createFakeBackends();
      storeRow(backends);
      const { statusCode, headers, body } = await createTestApp(backends)(
        (type === 'application/json' ? sendNative : send)(over),
      );
      expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 200, type });
      expect(body).toContain(said);
    });
  });

  it('a wrong one is refused in the form of the route', async () => {
    const native = await createTestApp(createFakeBackends())(
      signedWithoutTarget({ path: '/domains/orders/heartbeats', secret: 'x' }),
    );
    expect(native).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(toCode(native)).toBe('Unauthenticated');
    const authorization = `Bearer ${aKeyId()}.${'A'.repeat(43)}`;
    const aws = await createTestApp(createFakeBackends())({ ...signed(), headers: { ...SENT, authorization } });
    expect(toFault(aws)).toMatchObject({ __type: `${CORAL}UnrecognizedClientException` });
  });

  it('none is asked for health, nor is a wrong one looked at', async () => {
    const backends = createFakeBackends();
    const { statusCode } = await createTestApp(backends)(
      signedWithoutTarget({ path: '/health', method: 'GET', secret: 'x' }),
    );
    expect({ statusCode, keyReads: backends.keyReads }).toEqual({ statusCode: 200, keyReads: 0 });
  });

  it.each([
    { signedFor: '/domains/orders', received: '/domains/orders/' },
    { signedFor: '/domains/orders/', received: '/domains/orders' },
    { signedFor: '/domains/orders/heartbeats/', received: '/domains/orders/heartbeats', sign: signedWithoutTarget },
  ])('also one for $signedFor, received at $received', async ({ signedFor, received, sign = signed }) => {
    const { statusCode } = await createTestApp(createFakeBackends())({
      ...sign({ path: signedFor }),
      rawPath: received,
    });
    expect(statusCode).toBe(200);
  });
});

describe('clients', () => {
  it("like AWS's SDK for JavaScript sign more, and send a slash and the body's hash", async () => {
    const signer = aSigner({ sessionToken: 'FwoGZXIvYXdzE+/=' });
    const body = JSON.stringify({ taskToken: TASK_TOKEN, details: '42 % — Größe 🫀' });
    const headers = {
      ...SENT,
      'amz-sdk-invocation-id': '5a1c5dd5-3f3c-4d4e-9c6b-2f6f2a2f0f9b',
      'amz-sdk-request': 'attempt=1; max=3',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'aws-sdk-js/3.1048.0',
      'x-amz-user-agent': 'aws-sdk-js/3.1048.0 ua/2.1  os/linux',
    };
    const request = new HttpRequest({ method: 'POST', path: '/domains/orders/', headers, body, hostname: HOST });
    const sent = await signer.sign(request, { signingDate: new Date(NOW) });
    expect(Object.keys(sent.headers)).toEqual(expect.arrayContaining(['x-amz-content-sha256', 'x-amz-security-token']));
    const backends = createFakeBackends();
    const event = { method: 'POST', path: sent.path, headers: sent.headers, host: HOST, body: Buffer.from(body) };
    expect((await createTestApp(backends)(toEvent(event))).body).toBe(RECORDED);
    expect(backends.forwarded).toEqual([
      { domain: 'orders', heartbeat: { taskToken: TASK_TOKEN, details: '42 % — Größe 🫀' } },
    ]);
  });

  it('like boto 2 name the operation at length, and their encoding', async () => {
    const headers = {
      'content-encoding': 'amz-1.0',
      'content-type': 'application/json; charset=UTF-8',
      host: HOST,
      'x-amz-date': SENT['x-amz-date'] ?? '',
      'x-amz-target': `com.amazonaws.swf.service.model.${TARGET}`,
    };
    const over = { path: '/', headers };
    expect((await createTestApp(createFakeBackends())(signed(over))).body).toBe(RECORDED);
    const asText = { ...signed(over), body: aSigning().body, isBase64Encoded: false };
    expect((await createTestApp(createFakeBackends())(asText)).body).toBe(RECORDED);
  });

  it.each([1, 1024])('send a token of %i characters as it is', async (length) => {
    const backends = createFakeBackends();
    const taskToken = 'A+/='.repeat(256).slice(-length);
    await createTestApp(backends)(signed({ body: JSON.stringify({ taskToken, details: '' }) }));
    expect(backends.forwarded).toEqual([{ domain: 'orders', heartbeat: { taskToken, details: '' } }]);
  });
});

describe('the domain', () => {
  const wideKey = aRecord({ keyId: aKeyId(4), domains: ['billing', 'orders'] });
  const wide = { keyId: wideKey.keyId, secret: toSecret(wideKey) };
  const aWiderWorld = () => ({ ...createFakeBackends(), keys: [...createFakeBackends().keys, wideKey] });

  it.each(['orders', 'billing'])("is the path's, of several: %s", async (domain) => {
    const backends = aWiderWorld();
    await createTestApp(backends)(signed({ ...wide, path: `/domains/${domain}` }));
    expect(backends.forwarded).toMatchObject([{ domain }]);
  });

  it('is not guessed where the key grants several', async () => {
    const backends = aWiderWorld();
    const message = 'This worker key grants several domains. Name one in the path, as in /domains/orders.';
    expect(toFault(await createTestApp(backends)(signed({ ...wide, path: '/' })))).toEqual({ ...denied, message });
    expect(backends.forwarded).toEqual([]);
    expect(backends.reports).toMatchObject([{ outcome: { error: { message: 'the path names no domain' } } }]);
  });

  it.each(['billing', 'nowhere', 'constructor'])(
    'that is not granted or not declared is denied: %s',
    async (domain) => {
      const backends = createFakeBackends();
      const message = 'This worker key may not do this in this domain.';
      for (const region of ['eu-west-1', 'us-east-1']) {
        const result = await createTestApp(backends)(signed({ path: `/domains/${domain}`, region }));
        expect(toFault(result)).toEqual({ ...denied, message });
      }
      expect(backends.forwarded).toEqual([]);
    },
  );

  it.each(['/domains/orders', '/domains/orders/', '/'])(
    'has a region, which the signature must be for: %s',
    async (path) => {
      const backends = createFakeBackends();
      expect(toFault(await createTestApp(backends)(signed({ path, region: 'us-east-1' })))).toEqual({
        __type: `${CORAL}IncompleteSignatureException`,
        message: "Credential should be scoped to a valid region: 'eu-west-1'.",
      });
      expect(backends).toMatchObject({ keyReads: 1, derivations: 1, forwarded: [] });
    },
  );

  it('has a region on native routes, too', async () => {
    const path = '/domains/orders/heartbeats';
    const result = await createTestApp(createFakeBackends())(signedWithoutTarget({ path, region: 'us-east-1' }));
    expect(toFault(result)).toMatchObject({
      status: 401,
      detail: "Credential should be scoped to a valid region: 'eu-west-1'.",
    });
  });
});

describe('an AWS client whose endpoint is a native path', () => {
  it.each([
    '/domains/orders/heartbeats',
    '/domains/orders/heartbeats/',
    `/domains/orders/tasks/${TASK_ID}`,
    '/health',
    '/anything',
  ])('learns its endpoint from the first heartbeat on: %s', async (path) => {
    for (const send of [signed, borne]) {
      const world = createFakeBackends();
      const result = await createTestApp(world)(send({ path }));
      expect(result.headers['content-type']).toBe('application/x-amz-json-1.0');
      expect(toFault(result)).toMatchObject({
        __type: `${CORAL}UnknownOperationException`,
        message: expect.stringContaining(
          'Set the endpoint URL to the relay with the path /domains/{domain}',
        ) as unknown,
      });
      expect(world).toMatchObject({ keyReads: 0, forwarded: [] });
    }
  });
});
