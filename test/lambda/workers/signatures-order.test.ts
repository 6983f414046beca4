import { expect, it } from 'vitest';

import {
  aSignedRequest,
  aSigning,
  HOST,
  sha256,
  type Signing,
  TARGET,
  toSignedAt,
  writeHeader,
} from './signed-request.ts';
import { aKeyId, NOW, toSecret } from './worker-key-records.ts';
import { createTestApp, createFakeBackends, billingKey, ordersKey, TASK_TOKEN, toEvent } from '../test-app.ts';

interface Step {
  /** The fault's name and, where several share it, the words that tell them apart. */
  readonly said: string;
  readonly signing?: Partial<Signing>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: 'missing' | 'garbled' | 'good';
  readonly hasDate?: boolean;
  readonly query?: string;
}

const LONG = 'x'.repeat(64 * 1024 + 1);
const HEARTBEAT = JSON.stringify({ taskToken: TASK_TOKEN });
const NAMES = aSigning().names;

/** Everything is wrong at first; each row mends what the row before was refused for. */
const STEPS: readonly Step[] = [
  {
    said: 'UnknownOperationException: This is not an endpoint for AWS clients',
    query: 'X-Amz-Signature=0',
    signing: {
      path: '/domains/billing/tasks',
      method: 'PUT',
      body: LONG,
      payloadHash: sha256(LONG),
      date: '20261121',
      service: 's3',
      terminator: 'aws5_request',
      names: [...NAMES.toReversed(), 'accept'],
      keyId: 'AKIAIOSFODNN7EXAMPLE',
      secret: 'x',
      region: 'us-east-1',
    },
    headers: {
      host: 'swf.us-east-1.amazonaws.com',
      'x-amz-content-sha256': sha256(''),
      'x-amz-date': 'now',
      'x-amz-target': 'SimpleWorkflowService.PollForActivityTask',
    },
    authorization: 'missing',
    hasDate: false,
  },
  { said: 'UnknownOperationException: There is no such path', signing: { path: '/domains/billing' } },
  { said: 'UnknownOperationException: This path does not accept', query: '' },
  { said: 'UnknownOperationException: The relay does not offer', signing: { method: 'POST' } },
  { said: 'SerializationException', headers: { 'x-amz-target': TARGET } },
  { said: 'MissingAuthenticationTokenException', signing: { body: '{}', payloadHash: sha256('{}') } },
  { said: 'IncompleteSignatureException: The Authorization header', authorization: 'garbled' },
  { said: 'IncompleteSignatureException: The header x-amz-date is missing', authorization: 'good' },
  { said: 'IncompleteSignatureException: x-amz-date must have', hasDate: true },
  {
    said: 'IncompleteSignatureException: The date of the credential scope',
    signing: { signedAt: '20261122T250000Z' },
    headers: { 'x-amz-date': '20261122T250000Z' },
  },
  {
    said: 'IncompleteSignatureException: Credential should be scoped to correct service',
    signing: { date: '20261122' },
  },
  { said: 'IncompleteSignatureException: Credential should be scoped with', signing: { service: 'swf' } },
  { said: 'IncompleteSignatureException: SignedHeaders', signing: { terminator: 'aws4_request' } },
  {
    said: 'IncompleteSignatureException: A signed header is missing',
    signing: { names: ['accept', ...NAMES.filter((name) => name !== 'host')] },
  },
  {
    said: 'IncompleteSignatureException: host must be',
    signing: { names: NAMES.filter((name) => name !== 'host') },
  },
  { said: 'IncompleteSignatureException: The host', signing: { names: NAMES } },
  { said: 'IncompleteSignatureException: x-amz-content-sha256', headers: { host: HOST } },
  {
    said: 'IncompleteSignatureException: x-amz-date is not a valid',
    headers: { 'x-amz-content-sha256': sha256('{}') },
  },
  {
    said: 'InvalidSignatureException: Signature expired',
    signing: { signedAt: toSignedAt(NOW - 301_000), date: '20261122' },
    headers: { 'x-amz-date': toSignedAt(NOW - 301_000) },
  },
  {
    said: 'UnrecognizedClientException: The security token',
    signing: { signedAt: toSignedAt(NOW) },
    headers: { 'x-amz-date': toSignedAt(NOW) },
  },
  { said: 'UnrecognizedClientException: The security token', signing: { keyId: aKeyId(9) } },
  { said: 'UnrecognizedClientException: The security token', signing: { keyId: ordersKey.keyId } },
  { said: 'AccessDeniedException', signing: { secret: toSecret(ordersKey) } },
  {
    said: 'IncompleteSignatureException: Credential should be scoped to a valid region',
    signing: { keyId: billingKey.keyId, secret: toSecret(billingKey) },
  },
  { said: 'ValidationException', signing: { region: 'eu-west-1' } },
  {
    said: 'nothing',
    signing: { body: HEARTBEAT, payloadHash: sha256(HEARTBEAT) },
    headers: { 'x-amz-content-sha256': sha256(HEARTBEAT) },
  },
];

const merge = (one: Step, next: Step): Step => ({
  ...one,
  ...next,
  signing: { ...one.signing, ...next.signing },
  headers: { ...one.headers, ...next.headers },
});

function toAttempt({ signing, headers, authorization, hasDate = false, query = '' }: Step) {
  const { 'x-amz-date': date = '', ...others } = { ...aSigning().headers, ...headers };
  const all = hasDate ? { ...others, 'x-amz-date': date } : others;
  const write = authorization === 'garbled' ? () => 'AWS4-HMAC-SHA256 x' : writeHeader;
  const event = toEvent(aSignedRequest({ ...signing, headers: all }, write));
  return { ...event, rawQueryString: query, headers: authorization === 'missing' ? all : event.headers };
}

/** The first row for which the relay reads the table of keys and asks KMS. */
const FIRST_READ = STEPS.findIndex(({ signing }) => signing?.keyId === aKeyId(9));

it.each(STEPS.map(({ said }, index) => ({ said, index })))('refusal $index is $said', async ({ said, index }) => {
  const backends = createFakeBackends();
  const { body } = await createTestApp(backends)(toAttempt(STEPS.slice(0, index + 1).reduce(merge)));
  expect(toSaid(body)).toContain(said);
  expect(backends).toMatchObject({
    keyReads: index < FIRST_READ ? 0 : 1,
    derivations: index < FIRST_READ ? 0 : 1,
    forwarded: said === 'nothing' ? [{ domain: 'billing' }] : [],
  });
});

function toSaid(body: string): string {
  const { type = 'nothing', message = '' } =
    /^\{"__type":"[\w.]+#(?<type>\w+)","message":"(?<message>.+)"\}$/.exec(body)?.groups ?? {};
  return `${type}: ${message}`;
}
