import { HttpRequest } from '@smithy/protocol-http';
import { describe, expect, it } from 'vitest';

import { parseProof, type VerifiedWorker } from '../../../lambda/workers/proof.ts';
import type { SignableRequest } from '../../../lambda/http/event.ts';
import { aSignedRequest, aSigning, HOST, sha256, sign, toSignedAt, writeHeader } from './signed-request.ts';
import { aSigner } from './sdk-signer.ts';
import { verifyAmong } from './verify-among.ts';
import { aKeyId, aRecord, NOW, toAuthorization } from './worker-key-records.ts';
import { expiredKey, revokedKey, toRequest } from './forgery.ts';
import { FORGERIES } from './forgeries.ts';

const RECORDS = [aRecord(), aRecord({ keyId: aKeyId(1), domains: ['billing'] }), revokedKey, expiredKey];
const WORKER = { keyId: aKeyId(), domains: ['orders'], signedRegion: 'eu-west-1' };
const { headers: SENT } = aSigning();

const verify = (request: SignableRequest, nowMs = NOW): VerifiedWorker => verifyAmong(RECORDS, request, nowMs);

describe.each(FORGERIES)('refuses $part', ({ rows }) => {
  it.each(rows)('$given', (forgery) => {
    const { reason, detail } = forgery.refusal;
    expect(() => verify(toRequest(forgery))).toThrow(expect.objectContaining({ reason, detail }));
  });
});

describe('a signature holds', () => {
  it.each([
    { given: 'as the AWS CLI makes it', signing: {} },
    { given: 'with a slash after the path', signing: { path: '/domains/orders/' } },
    { given: 'for the root', signing: { path: '/' } },
    { given: 'of a GET without a body', signing: { method: 'GET', body: '' } },
    { given: 'of bytes that are no text', signing: { body: '\0\u{1fac0}\r\n' } },
    {
      given: 'with its hash sent',
      signing: { headers: { ...SENT, 'x-amz-content-sha256': sha256('{}') }, body: '{}' },
    },
    { given: 'with a session token', signing: { headers: { ...SENT, 'x-amz-security-token': 'a+b/c==' } } },
    { given: 'with an empty header', signing: { headers: { ...SENT, accept: '' } } },
    { given: 'with headers named like members', signing: { headers: { ...SENT, constructor: 'x', valueof: 'y' } } },
    {
      given: 'without a target where none is sent',
      signing: { headers: { host: HOST, 'x-amz-date': toSignedAt(NOW) } },
    },
    {
      given: 'with a header beside it that is not signed',
      signing: { headers: { ...SENT, 'user-agent': 'aws-cli/2.9' }, names: Object.keys(SENT) },
    },
    { given: 'exactly 5 minutes later', signing: { signedAt: toSignedAt(NOW - 300_000) } },
    { given: 'exactly 5 minutes before', signing: { signedAt: toSignedAt(NOW + 300_000) } },
    { given: 'a second less than 5 minutes later', signing: { signedAt: toSignedAt(NOW - 299_000) } },
    { given: 'a second less than 5 minutes before', signing: { signedAt: toSignedAt(NOW + 299_000) } },
  ])('$given', ({ signing }) => {
    expect(verify(aSignedRequest(signing))).toEqual(WORKER);
  });

  it('and names the region that it is scoped to', () => {
    expect(verify(aSignedRequest({ region: 'us-gov-west-1' }))).toEqual({ ...WORKER, signedRegion: 'us-gov-west-1' });
  });

  it('whatever case the host is written in', () => {
    const request = aSignedRequest({ headers: { ...SENT, host: 'Relay.Example' } });
    expect(verify(request)).toEqual(WORKER);
    expect(verify({ ...request, host: 'RELAY.example' })).toEqual(WORKER);
  });

  it.each([
    { written: 'without a blank after its commas', write: (header: string) => header.replaceAll(', ', ',') },
    {
      written: 'with one after the first alone',
      write: (header: string) => header.replace(', Signature', ',Signature'),
    },
  ])('$written', ({ write }) => {
    expect(verify(aSignedRequest({}, (parts) => write(writeHeader(parts))))).toEqual(WORKER);
  });

  it.each([
    { signed: '/domains/orders', received: '/domains/orders/' },
    { signed: '/domains/orders/', received: '/domains/orders' },
  ])('for $signed, received at $received', ({ signed, received }) => {
    expect(verify({ ...aSignedRequest({ path: signed }), path: received })).toEqual(WORKER);
  });

  it.each([
    { given: 'blanks before and after', value: ' \t x \t ', signedAs: 'x' },
    { given: 'runs of blanks', value: 'a   b \t c', signedAs: 'a b c' },
    { given: 'a run of blanks alone', value: ' \t ', signedAs: '' },
    { given: 'quotes and blanks', value: '"a   b"', signedAs: '"a b"' },
  ])('over a header with $given', ({ value, signedAs }) => {
    const { headers, ...request } = aSignedRequest({ headers: { ...SENT, 'x-amz-user-agent': signedAs } });
    expect(verify({ ...request, headers: { ...headers, 'x-amz-user-agent': value } })).toEqual(WORKER);
  });
});

describe('what is claimed', () => {
  it('is read without a look at the signature', () => {
    expect(parseProof(aSignedRequest({ secret: 'x' }), NOW)).toMatchObject({
      kind: 'signature',
      keyId: aKeyId(),
      signedAt: { text: '20261122T080000Z', atMs: NOW },
      region: 'eu-west-1',
    });
  });

  it('by a key id that is none of ours is refused there already', () => {
    const foreign = aSignedRequest({ keyId: 'AKIAIOSFODNN7EXAMPLE' });
    expect(() => parseProof(foreign, NOW)).toThrow(expect.objectContaining({ reason: 'bad-key' }));
  });

  it('by a bearer key is no region', () => {
    const { headers, ...request } = aSignedRequest();
    const borne = { ...request, headers: { ...headers, authorization: toAuthorization(aRecord()) } };
    expect(verify(borne)).toStrictEqual({ keyId: aKeyId(), domains: ['orders'] });
  });

  it('for no path at all is not for the root', () => {
    const request = { ...aSignedRequest({ path: '' }), path: '/' };
    expect(() => verify(request)).toThrow(expect.objectContaining({ reason: 'bad-key' }));
  });
});

describe('the clock', () => {
  const request = aSignedRequest();

  it.each([300_000, -300_000])('may be off by %i ms, and not by one more', (offsetMs) => {
    expect(verify(request, NOW + offsetMs)).toEqual(WORKER);
    expect(() => verify(request, NOW + offsetMs + Math.sign(offsetMs))).toThrow(
      expect.objectContaining({ reason: 'bad-date' }),
    );
  });

  it('is told, so that a client can set its own', () => {
    const detail: unknown = expect.stringMatching(/ 2026-11-22T09:00:00\.123Z\.$/);
    expect(() => verify(request, NOW + 3_600_123)).toThrow(expect.objectContaining({ detail }));
  });
});

describe("AWS's own signer", () => {
  const signer = aSigner({ sendsHash: false });

  it.each([
    { given: 'the path form', over: {} },
    { given: 'the path form with a slash', over: { path: '/domains/orders/' } },
    { given: 'the root', over: { path: '/' } },
    { given: 'details beyond ASCII', over: { body: '{"taskToken":"t","details":"42 % — Größe 🫀"}' } },
    { given: 'its hash sent', over: { body: '{}', headers: { ...SENT, 'x-amz-content-sha256': sha256('{}') } } },
  ])('signs as these tests do: $given', async ({ over }) => {
    const signing = aSigning(over);
    const { method, path, body, headers } = signing;
    const request = new HttpRequest({ method, path, body, headers: { ...headers }, hostname: HOST });
    const signed = await signer.sign(request, { signingDate: new Date(NOW) });
    expect(signed.headers['authorization']).toBe(writeHeader(sign(signing)));
    const received = { method, path, headers: signed.headers, host: HOST, body: Buffer.from(body) };
    expect(verify(received)).toEqual(WORKER);
  });
});
