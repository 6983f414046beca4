import { expect, it } from 'vitest';

import { MethodNotAllowedError, RelayError } from '../../../lambda/http/errors.ts';
import { toNativeProblem } from '../../../lambda/http/native-answer.ts';
import { Trace } from '../../../lambda/http/trace.ts';
import { TaskNotOpenError } from '../../../lambda/tasks/errors.ts';
import { parseHeartbeat } from '../../../lambda/tasks/heartbeat.ts';
import { KEPT_FOR_SECONDS } from '../../../lambda/tasks/task-state.ts';
import { UnauthenticatedError } from '../../../lambda/workers/errors.ts';
import { KeyCache } from '../../../lambda/workers/key-cache.ts';
import { withKeyUse } from '../../../lambda/workers/key-use.ts';
import { type SignatureProof, toSigningKey } from '../../../lambda/workers/sigv4.ts';
import { isKeyId } from '../../../lambda/workers/worker-key.ts';
import { aKeyId, aRecord, NOW, toSecret } from './worker-key-records.ts';

it.each([
  { given: 'a character', text: `A${aKeyId()}` },
  { given: 'a line', text: `x\n${aKeyId()}` },
  { given: 'another key id', text: `${aKeyId()}${aKeyId()}` },
])('has nothing before a key id: $given', ({ text }) => {
  expect(isKeyId(text)).toBe(false);
});

it('keeps what the JSON parser said as the cause, for whoever debugs', () => {
  const syntax: unknown = expect.objectContaining({ name: 'SyntaxError' });
  expect(() => parseHeartbeat(Buffer.from('{'))).toThrow(expect.objectContaining({ cause: syntax }));
});

it('keeps a row for 30 days', () => {
  expect(KEPT_FOR_SECONDS).toBe(2_592_000);
});

it('gives a title even to a status without a name', () => {
  class TeapotError extends RelayError {
    override readonly code = 'Teapot';
    override readonly status = 418;
    override readonly detail = 'The relay makes no coffee.';
    override readonly awsType = 'Teapot';
  }
  const { body } = toNativeProblem(new TeapotError(), 'request-1', 0);
  expect(JSON.parse(body)).toMatchObject({ title: 'Error', status: 418, code: 'Teapot' });
});

it.each([
  { error: new MethodNotAllowedError(['POST']), message: 'method not allowed' },
  { error: new TaskNotOpenError('Unknown activity'), message: 'swf knows no open task for this token' },
])('says in the message of $error.name what happened, for whoever debugs', ({ error, message }) => {
  expect(error.message).toBe(message);
});

it('tells a caller whose signature has another date what is wrong with it', () => {
  expect(new UnauthenticatedError('bad-date').detail).toBe(
    "The date of the signature is too far from the relay's clock.",
  );
});

it('uses a signing key again on the same day and in the same region, and on no other', () => {
  const secret = toSecret(aRecord());
  const proof = (signedAt: string, region: string): SignatureProof => ({
    kind: 'signature',
    keyId: aKeyId(),
    signedAt,
    region,
    signature: '',
    canonicalRequests: [],
  });
  const first = toSigningKey(proof('20261122T080000Z', 'eu-west-1'), secret);
  expect(toSigningKey(proof('20261122T235959Z', 'eu-west-1'), secret, first)).toBe(first);
  expect(toSigningKey(proof('20261123T000000Z', 'eu-west-1'), secret, first)).not.toBe(first);
  expect(toSigningKey(proof('20261122T080000Z', 'us-east-1'), secret, first)).not.toBe(first);
});

it('knows a key from the moment that its record is read', () => {
  const cache = new KeyCache();
  const record = aRecord();
  cache.keepUnknown(record.keyId, NOW);
  expect(cache.isUnknown(record.keyId, NOW)).toBe(true);
  cache.keepRecord(record, NOW);
  expect(cache.isUnknown(record.keyId, NOW)).toBe(false);
});

it('does a request’s work where the use of its key is noted already', async () => {
  const request = {
    keyId: aKeyId(),
    deadline: { signal: () => new AbortController().signal },
    trace: new Trace(() => NOW),
  };
  const work = withKeyUse(
    () => undefined,
    request,
    async () => 'done',
  );
  expect(await work).toBe('done');
});

it.each([
  { given: 'no task token', body: {}, field: 'taskToken', constraint: 'Member must not be null' },
  {
    given: 'a task token of null',
    body: { taskToken: null },
    field: 'taskToken',
    constraint: 'Member must not be null',
  },
  { given: 'a task token of 7', body: { taskToken: 7 }, field: 'taskToken', constraint: 'Member must be a string' },
  {
    given: 'details of 7',
    body: { taskToken: 't', details: 7 },
    field: 'details',
    constraint: 'Member must be a string',
  },
  {
    given: 'half a character',
    body: { taskToken: '\ud83e' },
    field: 'taskToken',
    constraint: 'Member must be well-formed Unicode',
  },
])('refuses $given in the words of SWF', ({ body, field, constraint }) => {
  const swfText = `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`;
  expect(() => parseHeartbeat(Buffer.from(JSON.stringify(body)))).toThrow(
    expect.objectContaining({ awsMessage: swfText }),
  );
});
