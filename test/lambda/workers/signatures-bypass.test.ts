import { HttpRequest } from '@smithy/protocol-http';
import { describe, expect, it } from 'vitest';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import { aSignedRequest, aSigning, HOST, sha256, type Signing, TARGET, toSignedAt } from './signed-request.ts';
import { aSigner } from './sdk-signer.ts';
import { toDecoySecret } from './verify-among.ts';
import { aKeyId, aRecord, NOW, toSecret } from './worker-key-records.ts';
import { createTestApp, createFakeBackends, toEvent } from '../test-app.ts';

const { headers: SENT, body: BODY } = aSigning();
const OTHER_BODY = JSON.stringify({ taskToken: 'another' });

/** How an attack ends: the fault's name, or what a worker would hear. */
async function attack(
  event: HttpEvent,
  backends = createFakeBackends(),
  call = createTestApp(backends),
): Promise<string> {
  const before = backends.forwarded.length;
  const { statusCode, body } = await call(event);
  if (statusCode === 200) return body;
  expect(backends.forwarded).toHaveLength(before);
  return /#(?<name>\w+)/.exec(body)?.groups?.['name'] ?? body;
}

const changed = (headers: Record<string, string>, over: Partial<Signing> = {}): HttpEvent => {
  const event = toEvent(aSignedRequest(over));
  return { ...event, headers: { ...event.headers, ...headers } };
};

describe('an unknown key id that falls back to some fixed secret', () => {
  const FIXED = [
    { given: 'the one that the relay compares with', secret: toDecoySecret(aKeyId(9)) },
    { given: 'an empty one', secret: '' },
    { given: 'undefined', secret: 'undefined' },
    { given: 'null', secret: 'null' },
    { given: 'the key id itself', secret: aKeyId(9) },
    { given: 'the right one, were the key known', secret: toSecret(aRecord({ keyId: aKeyId(9) })) },
    { given: 'that of a known key', secret: toSecret(aRecord()) },
  ];

  it.each(FIXED)('gets nowhere with $given', async ({ secret }) => {
    const backends = createFakeBackends();
    const event = toEvent(aSignedRequest({ keyId: aKeyId(9), secret }));
    expect(await attack(event, backends)).toBe('UnrecognizedClientException');
    expect(backends).toMatchObject({ derivations: 1, forwarded: [] });
  });

  it('gets nowhere as a bearer key either', async () => {
    const backends = createFakeBackends();
    const authorization = `Bearer ${aKeyId(9)}.${toDecoySecret(aKeyId(9))}`;
    expect(await attack(changed({ authorization }), backends)).toBe('UnrecognizedClientException');
    expect(backends).toMatchObject({ derivations: 1, forwarded: [] });
  });
});

describe('credentials in the query', () => {
  it("skip no check: a genuine link of AWS's signer is no proof", async () => {
    const request = new HttpRequest({ method: 'POST', path: '/domains/orders', headers: { host: HOST }, body: BODY });
    const { query = {} } = await aSigner().presign(request, { signingDate: new Date(NOW), expiresIn: 300 });
    const rawQueryString = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
      .join('&');
    expect(rawQueryString).toContain(`X-Amz-Credential=${aKeyId()}`);
    const backends = createFakeBackends();
    const event = { ...toEvent(aSignedRequest()), headers: SENT };
    expect(await attack({ ...event, rawQueryString }, backends)).toBe('UnknownOperationException');
    expect(await attack(event, backends)).toBe('MissingAuthenticationTokenException');
    expect(backends.keyReads).toBe(0);
  });

  it.each(['X-Amz-Signature=0', 'X-Amz-Credential=x', 'Action=RecordActivityTaskHeartbeat', '&', '='])(
    'are refused beside a genuine header, too: %s',
    async (rawQueryString) => {
      const backends = createFakeBackends();
      expect(await attack({ ...toEvent(aSignedRequest()), rawQueryString }, backends)).toBe(
        'UnknownOperationException',
      );
      expect(backends.keyReads).toBe(0);
    },
  );
});

describe('what is sent twice, to be read one way by the signer and another by the verifier', () => {
  const { authorization: genuine = '' } = toEvent(aSignedRequest()).headers;
  const { authorization: forged = '' } = toEvent(aSignedRequest({ secret: 'x' })).headers;
  const later = toSignedAt(NOW + 1_000);

  it.each([
    { twice: 'Authorization, the genuine one first', headers: { authorization: `${genuine},${forged}` } },
    { twice: 'Authorization, the genuine one last', headers: { authorization: `${forged},${genuine}` } },
    { twice: 'Authorization, after a bearer key', headers: { authorization: `Bearer x, ${genuine}` } },
    {
      twice: 'Credential',
      headers: {
        authorization: genuine.replace(' ', ` Credential=${aKeyId(1)}/20261122/eu-west-1/swf/aws4_request, `),
      },
    },
    {
      twice: 'SignedHeaders',
      headers: { authorization: genuine.replace(', Signature', ', SignedHeaders=host, Signature') },
    },
    { twice: 'Signature', headers: { authorization: `${genuine}, Signature=${'0'.repeat(64)}` } },
    { twice: 'Host', headers: { host: `${HOST},evil.example` } },
    { twice: 'X-Amz-Date', headers: { 'x-amz-date': `${SENT['x-amz-date']},${later}` } },
    { twice: 'X-Amz-Content-Sha256', headers: { 'x-amz-content-sha256': `${sha256(BODY)},${sha256(OTHER_BODY)}` } },
  ])('is refused before any key is read: $twice', async ({ headers }) => {
    const backends = createFakeBackends();
    expect(await attack(changed(headers), backends)).toBe('IncompleteSignatureException');
    expect(backends.keyReads).toBe(0);
  });

  it.each([
    `${TARGET},SimpleWorkflowService.PollForActivityTask`,
    `SimpleWorkflowService.PollForActivityTask,${TARGET}`,
    `${TARGET},${TARGET}`,
  ])('is no operation: X-Amz-Target %s', async (target) => {
    expect(await attack(changed({ 'x-amz-target': target }))).toBe('UnknownOperationException');
  });

  it('is the signer’s own where both were signed as they arrive', async () => {
    const headers = { ...SENT, 'x-trace': 'a,b' };
    expect(await attack(toEvent(aSignedRequest({ headers })))).toBe('{"cancelRequested":false}');
    expect(await attack(changed({ 'x-trace': 'b,a' }, { headers }))).toBe('UnrecognizedClientException');
  });

  it('in the body is what was signed, and SWF gets one of the two', async () => {
    const backends = createFakeBackends();
    const body = '{"taskToken":"first","taskToken":"second"}';
    expect(await attack(toEvent(aSignedRequest({ body })), backends)).toBe('{"cancelRequested":false}');
    expect(backends.forwarded).toMatchObject([{ heartbeat: { taskToken: 'second' } }]);
  });
});

describe('an unsigned X-Amz-Target', () => {
  const { 'x-amz-target': _target, ...targetless } = SENT;

  it('is refused where the client left it unsigned', async () => {
    const names = Object.keys(targetless);
    expect(await attack(toEvent(aSignedRequest({ names })))).toBe('IncompleteSignatureException');
  });

  it('is refused where it was added to what was signed for a native route', async () => {
    const event = toEvent(aSignedRequest({ headers: targetless }));
    expect(await attack(event)).toBe('UnknownOperationException');
    expect(await attack({ ...event, headers: { ...event.headers, 'x-amz-target': TARGET } })).toBe(
      'IncompleteSignatureException',
    );
  });
});

describe('a replay', () => {
  const event = toEvent(aSignedRequest());
  const at = (atMs: number) => ({ ...createFakeBackends(), nowMs: atMs });
  const LATER = NOW + 300_001;

  it('records a heartbeat again within 5 minutes, as it would with SWF itself', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    for (const nowMs of [NOW, NOW + 300_000]) {
      backends.nowMs = nowMs;
      expect(await attack(event, backends, call)).toBe('{"cancelRequested":false}');
    }
  });

  it('is refused a millisecond later, by a container that knows the key, too', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await attack(event, backends, call);
    backends.nowMs = LATER;
    expect(await attack(event, backends, call)).toBe('InvalidSignatureException');
  });

  it.each([
    { given: 'its date', date: (authorization: string) => authorization },
    { given: 'its date and scope', date: (authorization: string) => authorization.replace('20261122', '20261123') },
  ])('is refused with $given set to now', async ({ date }) => {
    const nowMs = Date.UTC(2026, 10, 23, 8);
    const { authorization = '' } = event.headers;
    const headers = { ...event.headers, authorization: date(authorization), 'x-amz-date': toSignedAt(nowMs) };
    expect(await attack({ ...event, headers }, at(nowMs))).toMatch(
      authorization === headers.authorization ? /^IncompleteSignature/ : /^UnrecognizedClient/,
    );
  });
});

describe('an unsigned or foreign Host', () => {
  const names = Object.keys(SENT).filter((name) => name !== 'host');

  it('is refused where it is not signed, right or wrong', async () => {
    for (const host of [HOST, 'evil.example']) {
      const event = toEvent(aSignedRequest({ names, headers: { ...SENT, host } }));
      expect(await attack(event)).toBe('IncompleteSignatureException');
    }
  });

  it.each(['swf.eu-west-1.amazonaws.com', 'evil.example', `${HOST}.evil.example`, `evil@${HOST}`, '127.0.0.1', ''])(
    'is refused where it is signed, and not the relay’s: %s',
    async (host) => {
      const event = toEvent(aSignedRequest({ headers: { ...SENT, host } }));
      expect(await attack(event)).toBe('IncompleteSignatureException');
    },
  );

  it('is not taken from X-Forwarded-Host', async () => {
    const event = changed({ host: 'evil.example', 'x-forwarded-host': HOST });
    expect(await attack(event)).toBe('IncompleteSignatureException');
  });
});

describe('a body’s hash taken from the header, without a look at the body', () => {
  it.each([
    { given: 'the hash of what was signed', sent: sha256(BODY), fault: 'IncompleteSignatureException' },
    { given: 'UNSIGNED-PAYLOAD', sent: 'UNSIGNED-PAYLOAD', fault: 'IncompleteSignatureException' },
    { given: 'the hash of what is sent', sent: sha256(OTHER_BODY), fault: 'UnrecognizedClientException' },
  ])('is refused with another body and $given', async ({ sent, fault }) => {
    const headers = { ...SENT, 'x-amz-content-sha256': sha256(BODY) };
    const event = changed({ 'x-amz-content-sha256': sent }, { headers });
    expect(await attack(event)).toBe(
      sent === sha256(BODY) ? '{"cancelRequested":false}' : 'IncompleteSignatureException',
    );
    expect(await attack({ ...event, body: OTHER_BODY, isBase64Encoded: false })).toBe(fault);
  });

  it('is refused where the client itself signed no body', async () => {
    const headers = { ...SENT, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const event = toEvent(aSignedRequest({ headers, payloadHash: 'UNSIGNED-PAYLOAD' }));
    expect(await attack(event)).toBe('IncompleteSignatureException');
  });
});
