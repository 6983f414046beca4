import { DescribeDomainCommand, SWFClient } from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';

import type { AwsApi, AwsCall } from '../../../local/aws/api.ts';
import type { Credential } from '../../../local/aws/credentials.ts';
import { AwsFault } from '../../../local/aws/fault.ts';
import { jsonProtocol, toJsonAnswer } from '../../../local/aws/json-protocol.ts';
import { queryProtocol } from '../../../local/aws/query-protocol.ts';
import { anEndpoint, clientOf, inForce, type InForce, NOW, type TestEndpoint } from './aws-endpoint.ts';
import { send, type Signing, signed, type WireAnswer, type WireRequest } from './wire.ts';

const MINUTE_MS = 60_000;

interface Door extends InForce {
  readonly endpoint: TestEndpoint;
  readonly reached: AwsCall[];
  readonly user: Credential;
  /** Valid for one minute. */
  readonly session: Credential;
  readonly clock: { nowMs: number };
}

const reach = (reached: AwsCall[]) => async (call: AwsCall) => {
  reached.push(call);
  if (call.operation === 'Refuse') throw new AwsFault('UnknownResourceFault', 'Unknown domain');
  return toJsonAnswer('1.0', { reached: call.operation });
};

/** Starts an endpoint that answers every authenticated caller, with the credentials of a user and of a session. */
async function aDoor(nowMs = NOW): Promise<Door> {
  const clock = { nowMs };
  const realm = inForce();
  const { credentials, caller } = realm;
  const reached: AwsCall[] = [];
  const swf: AwsApi = { ...jsonProtocol('1.0'), name: 'swf', answer: reach(reached) };
  const sts: AwsApi = { ...queryProtocol, name: 'sts', answer: reach(reached) };
  const endpoint = await anEndpoint(realm, [swf, sts], () => clock.nowMs);
  const user = credentials.issueUserKey(caller('operator'));
  const session = credentials.issueSession(caller('function'), nowMs + MINUTE_MS);
  return { ...realm, endpoint, reached, user, session, clock };
}

function aRequest({ endpoint }: Door, over: Partial<WireRequest> = {}): WireRequest {
  const headers = {
    host: `127.0.0.1:${endpoint.port}`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'SimpleWorkflowService.DescribeDomain',
    ...over.headers,
  };
  return { method: 'POST', path: '/', body: '{"name":"orders"}', ...over, headers };
}

interface Attempt {
  readonly request?: Partial<WireRequest>;
  readonly credential?: (door: Door) => Credential;
  readonly signing?: Partial<Signing>;
  /** Changes the request after signing. */
  readonly altered?: (sent: WireRequest) => Partial<WireRequest>;
}

async function attempt(door: Door, { request, credential, signing, altered }: Attempt): Promise<WireAnswer> {
  const signer = credential?.(door) ?? door.user;
  const sent = await signed(aRequest(door, request), signer, { atMs: NOW, ...signing });
  return send(door.endpoint.port, { ...sent, ...altered?.(sent) });
}

const withHeader = (name: string, value: string) => (sent: WireRequest) => ({
  headers: { ...sent.headers, [name]: value },
});

const without = (name: string) => (sent: WireRequest) => ({
  headers: Object.fromEntries(Object.entries(sent.headers).filter(([header]) => header !== name)),
});

const inAuthorization = (from: string | RegExp, to: string) => (sent: WireRequest) =>
  withHeader('authorization', (sent.headers['authorization'] ?? '').replace(from, to))(sent);

const faultOf = ({ status, body }: WireAnswer): string => `${status} ${/"__type":"([^"]*)"/.exec(body)?.[1] ?? body}`;

describe('the AWS endpoint accepts', () => {
  it.each<{ who: string } & Attempt>([
    { who: 'a user' },
    { who: 'a session', credential: ({ session }) => session },
    { who: 'a user who sends the payload’s hash', signing: { sendsHash: true } },
    { who: 'a clock 5 minutes behind', signing: { atMs: NOW - 5 * MINUTE_MS } },
    { who: 'a clock 5 minutes ahead', signing: { atMs: NOW + 5 * MINUTE_MS } },
    { who: 'another region', signing: { region: 'us-east-1' } },
    { who: 'an empty body', request: { body: '' } },
    { who: 'an additional payload hash', signing: { sendsHash: true } },
  ])('$who', async (given) => {
    const door = await aDoor();
    expect(await attempt(door, given)).toEqual({
      status: 200,
      contentType: 'application/x-amz-json-1.0',
      body: '{"reached":"DescribeDomain"}',
    });
    expect(door.endpoint.calls).toEqual([{ api: 'swf', operation: 'DescribeDomain', status: 200 }]);
  });

  it('a call, and passes caller, region and body to the API', async () => {
    const door = await aDoor();
    await attempt(door, { credential: ({ session }) => session, signing: { region: 'us-east-1' } });
    const [call] = door.reached;
    expect(call).toMatchObject({ operation: 'DescribeDomain', caller: door.caller('function'), region: 'us-east-1' });
    expect(call?.body.toString()).toBe('{"name":"orders"}');
  });

  it('AWS’s own clients, as users and as sessions', async () => {
    const door = await aDoor(Date.now());
    for (const credential of [door.user, door.session]) {
      const client = new SWFClient(clientOf(door.endpoint, credential));
      await client.send(new DescribeDomainCommand({ name: 'orders' }));
    }
    const callers = door.reached.map(({ caller: { principal } }) => principal.kind);
    expect(callers).toEqual(['user', 'session']);
  });
});

const UNKNOWN = '403 UnrecognizedClientException';
const MISMATCH = '403 InvalidSignatureException';
const MALFORMED = '403 IncompleteSignatureException';

const ELSEWHERE = '404 UnknownOperationException';

const anotherBody = () => ({ body: '{"name":"bilked"}' });
const unsignedPayload = { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } };

describe('the AWS endpoint refuses', () => {
  it.each<{ what: string; fault: string } & Attempt>([
    { what: 'an unknown key', credential: ({ user }) => ({ ...user, accessKeyId: 'AKIA0' }), fault: UNKNOWN },
    { what: 'a wrong secret', credential: ({ user }) => ({ ...user, secretAccessKey: 'x' }), fault: MISMATCH },
    {
      what: 'another’s secret',
      credential: ({ user, session }) => ({ ...user, secretAccessKey: session.secretAccessKey }),
      fault: MISMATCH,
    },
    { what: 'an altered body', altered: () => ({ body: '{"name":"bilked"}' }), fault: MISMATCH },
    { what: 'an altered signed header', altered: withHeader('x-amz-target', 'S.Refuse'), fault: MISMATCH },
    { what: 'a removed signed header', altered: without('x-amz-target'), fault: MISMATCH },
    { what: 'an altered host', altered: withHeader('host', 'localhost'), fault: MISMATCH },
    {
      what: 'a body that does not match its hash',
      signing: { sendsHash: true },
      altered: anotherBody,
      fault: MISMATCH,
    },
    { what: 'a body without a hash', request: unsignedPayload, signing: { sendsHash: true }, fault: MISMATCH },
    { what: 'an unsigned target', signing: { unsigned: ['x-amz-target'] }, fault: MISMATCH },
    { what: 'another path', altered: () => ({ path: '/domains' }), fault: ELSEWHERE },
    { what: 'a path of slashes', altered: () => ({ path: '//' }), fault: ELSEWHERE },
    { what: 'an altered method', altered: () => ({ method: 'PUT' }), fault: MISMATCH },
    { what: 'a query', altered: () => ({ path: '/?Action=x' }), fault: ELSEWHERE },
    { what: 'an altered signature', altered: inAuthorization(/[0-9a-f]{64}$/, '0'.repeat(64)), fault: MISMATCH },
    { what: 'another region’s scope', altered: inAuthorization('eu-west-1', 'us-east-1'), fault: MISMATCH },
    {
      what: 'another API’s scope',
      altered: inAuthorization('/swf/', '/sts/'),
      fault:
        '403 <ErrorResponse><Error><Type>Sender</Type><Code>InvalidSignatureException</Code><Message>The request signature we calculated does not match the signature you provided.</Message></Error></ErrorResponse>',
    },
    { what: 'an unsigned host', altered: inAuthorization('host;', ''), fault: MISMATCH },
    {
      what: 'an altered date within the same day',
      altered: withHeader('x-amz-date', '20261122T080001Z'),
      fault: MISMATCH,
    },
    { what: 'a date of another day', altered: withHeader('x-amz-date', '20261121T080000Z'), fault: MALFORMED },
    { what: 'an invalid date', altered: withHeader('x-amz-date', '20261122'), fault: MALFORMED },
    { what: 'no date', altered: without('x-amz-date'), fault: MALFORMED },
    { what: 'a clock 6 minutes behind', signing: { atMs: NOW - 6 * MINUTE_MS }, fault: MISMATCH },
    { what: 'a clock 6 minutes ahead', signing: { atMs: NOW + 6 * MINUTE_MS }, fault: MISMATCH },
    { what: 'a clock of yesterday', signing: { atMs: NOW - 1440 * MINUTE_MS }, fault: MISMATCH },
    {
      what: 'a session without its token',
      credential: ({ session }) => ({ ...session, sessionToken: '' }),
      fault: UNKNOWN,
    },
    {
      what: 'a session whose token was removed',
      credential: ({ session }) => session,
      altered: without('x-amz-security-token'),
      fault: UNKNOWN,
    },
    {
      what: 'a session with another token',
      credential: ({ session }) => ({ ...session, sessionToken: 'x' }),
      fault: UNKNOWN,
    },
    {
      what: 'a user with a session’s token',
      credential: ({ user, session: { sessionToken = '' } }) => ({ ...user, sessionToken }),
      fault: UNKNOWN,
    },
    { what: 'no signature', altered: without('authorization'), fault: '403 MissingAuthenticationTokenException' },
    { what: 'an empty header', altered: withHeader('authorization', ''), fault: MALFORMED },
    { what: 'a bearer key', altered: withHeader('authorization', 'Bearer k.s'), fault: MALFORMED },
    { what: 'another algorithm', altered: inAuthorization('HMAC', 'NONE'), fault: MALFORMED },
    { what: 'a short signature', altered: inAuthorization(/.$/, ''), fault: MALFORMED },
    {
      what: 'a signature in upper case',
      altered: inAuthorization(/Signature=.*$/, `Signature=${'A'.repeat(64)}`),
      fault: MALFORMED,
    },
    { what: 'no signed headers', altered: inAuthorization(/SignedHeaders=[^,]*/, 'SignedHeaders='), fault: MALFORMED },
    { what: 'a second signature', altered: inAuthorization(/$/, `, Signature=${'0'.repeat(64)}`), fault: MALFORMED },
    { what: 'another terminator', altered: inAuthorization('aws4_request', 'aws5_request'), fault: MALFORMED },
    { what: 'an unknown API', signing: { service: 's3' }, fault: '400 UnknownOperationException' },
  ])('$what', async ({ fault, ...given }) => {
    const door = await aDoor();
    const answer = await attempt(door, given);
    expect(faultOf(answer)).toBe(fault);
    expect(door.reached).toEqual([]);
  });

  it('a request without an operation', async () => {
    const door = await aDoor();
    const nameless = without('x-amz-target')(aRequest(door));
    const sent = await signed({ ...aRequest(door), ...nameless }, door.user, { atMs: NOW });
    expect(faultOf(await send(door.endpoint.port, sent))).toBe('400 UnknownOperationException');
    expect(door.reached).toEqual([]);
  });

  it.each([
    { when: 'a millisecond before it expires', aheadMs: MINUTE_MS - 1, fault: '200 {"reached":"DescribeDomain"}' },
    { when: 'when it expires', aheadMs: MINUTE_MS, fault: '403 ExpiredTokenException' },
  ])('or accepts a session $when', async ({ aheadMs, fault }) => {
    const door = await aDoor();
    door.clock.nowMs += aheadMs;
    expect(faultOf(await attempt(door, { credential: ({ session }) => session }))).toBe(fault);
  });

  it('and reports the fault', async () => {
    const door = await aDoor();
    await attempt(door, { altered: without('authorization') });
    await attempt(door, { request: { headers: { 'x-amz-target': 'S.Refuse' } } });
    expect(door.endpoint.calls).toEqual([
      { api: 'swf', operation: 'DescribeDomain', status: 403, fault: 'MissingAuthenticationTokenException' },
      { api: 'swf', operation: 'Refuse', status: 400, fault: 'UnknownResourceFault' },
    ]);
  });

  it('a body larger than 2 MiB, but not one of 2 MiB', async () => {
    const door = await aDoor();
    const ofBytes = (bytes: number) => attempt(door, { request: { body: 'x'.repeat(bytes) } });
    const [fits, exceeds] = [await ofBytes(2 * 1024 * 1024), await ofBytes(2 * 1024 * 1024 + 1)];
    expect(faultOf(fits)).toBe('200 {"reached":"DescribeDomain"}');
    expect(faultOf(exceeds)).toBe('413 RequestEntityTooLargeException');
    expect(door.reached).toHaveLength(1);
  });

  it('by a fault rule, after it verifies the signature and before it calls the API', async () => {
    const door = await aDoor();
    door.setFaults('swf=error');
    expect(faultOf(await attempt(door, {}))).toBe('500 com.amazon.coral.service#InternalFailure');
    expect(faultOf(await attempt(door, { altered: without('authorization') }))).toMatch('MissingAuthentication');
    expect(door.reached).toEqual([]);
  });
});

describe('the AWS endpoint serves only programs on this machine', () => {
  it.each([
    { given: 'a foreign host', headers: { host: 'evil.example' } },
    { given: 'a foreign host with a local prefix', headers: { host: '127.0.0.1.evil.example' } },
    { given: 'a page’s origin', headers: { origin: 'https://evil.example' } },
    { given: 'the origin "null"', headers: { origin: 'null' } },
    { given: 'a cross-site request', headers: { 'sec-fetch-site': 'cross-site' } },
  ])('and refuses $given, even with a valid signature', async ({ headers }) => {
    const door = await aDoor();
    const answer = await attempt(door, { request: { headers } });
    expect(answer).toEqual({ status: 403, contentType: 'application/json', body: '{"message":"Forbidden"}' });
    expect(door.reached).toEqual([]);
  });

  it('and refuses a request without a host', async () => {
    const door = await aDoor();
    expect((await attempt(door, { altered: without('host') })).status).toBe(403);
    expect(door.reached).toEqual([]);
  });

  it('and listens only on 127.0.0.1', async () => {
    const { endpoint } = await aDoor();
    expect(endpoint.url).toBe(`http://127.0.0.1:${endpoint.port}`);
  });
});

/** An endpoint with one call that is under way until `end` is called. */
async function aCallUnderWay() {
  const realm = inForce();
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const answer = async () => {
    begun.resolve();
    await ended.promise;
    return toJsonAnswer('1.0', {});
  };
  const endpoint = await anEndpoint(realm, [{ ...jsonProtocol('1.0'), name: 'swf', answer }]);
  const swf = new SWFClient(clientOf(endpoint, realm.credentials.issueUserKey(realm.caller('operator'))));
  const called = swf.send(new DescribeDomainCommand({ name: 'orders' })).catch((error: unknown) => error);
  await begun.promise;
  return { endpoint, called, end: ended.resolve };
}

it('closing drops the connection of a call under way, and waits until the call has ended', async () => {
  const { endpoint, called, end } = await aCallUnderWay();
  const seen: string[] = [];
  const closed = endpoint.close().then(() => seen.push('closed'));
  expect(await called).toMatchObject({ code: 'ECONNRESET' });
  seen.push('call ends');
  end();
  await closed;
  expect(seen).toEqual(['call ends', 'closed']);
});
