import { isDeepStrictEqual } from 'node:util';

import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { KeyId } from '../../lambda/workers/worker-key.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { expireKey, findKey, readKey } from '../../operator/key-records.ts';
import type { IssuedKey } from '../../operator/issue.ts';
import { issueKey } from '../../operator/issue.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { AnOperator } from './an-operator.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import {
  type Attempt,
  deleteEvent,
  deleteEventInABatch,
  deleteRecord,
  derive,
  putEvent,
  putRecord,
  updateEvent,
  updateRecord,
} from './key-attempts.ts';
import { until } from './until.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
let viewer: AnOperator;
let revoker: AnOperator;
beforeAll(async () => {
  a = await startStack();
  viewer = new AnOperator(a, 'viewer');
  revoker = new AnOperator(a, 'revoker');
});
afterAll(async () => {
  for (const operator of [viewer, revoker]) operator[Symbol.dispose]();
  await a.close();
});

const HOUR_MS = 3_600_000;
const LATER = { S: '2999-01-01T00:00:00.000Z' };

const REQUEST = { label: 'policies', domains: ['orders'], expiresAtMs: null };

/** A key that no container has met. */
const aKey = async (version: 1 | 2 = 2): Promise<IssuedKey> =>
  version === 1 ? issueVersion1(a.target, REQUEST, Date.now()) : issueKey(a.target, REQUEST, Date.now());

const heartbeat = async (key: IssuedKey): Promise<number> =>
  until('an answer but 503', async () => {
    const { status } = await new Worker(a.stack.relayUrl, key).heartbeat('orders', a.connection.task.taskToken);
    return status === 503 ? undefined : status;
  });

const DENIED = { answer: 'AccessDeniedException', isChanged: false };

/** What IAM answers, and whether anything changed in the tables. */
async function resultOf(by: AnOperator, keyId: KeyId, attempt: Attempt) {
  const before = await readKey(a.target, keyId);
  const answer = await attempt(by, keyId, a.target).then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
  return { answer, isChanged: !isDeepStrictEqual(await readKey(a.target, keyId), before) };
}

/** What somebody tries on a key, of version 2 unless it says so. */
interface Row {
  readonly attempt: string;
  readonly version?: 1 | 2;
  readonly act: Attempt;
}

const UN_REVOKING: readonly Row[] = [
  { attempt: 'deleting the event', act: deleteEvent('revoked') },
  { attempt: 'deleting the event in a batch', act: deleteEventInABatch('revoked') },
  { attempt: 'overwriting the event', act: putEvent('revoked') },
  { attempt: 'giving the event another attribute', act: updateEvent('revoked', { isRevoked: { BOOL: false } }) },
  { attempt: 'overwriting the record', act: putRecord() },
  { attempt: 'overwriting a version 1 record', version: 1, act: putRecord({ status: { S: 'active' } }) },
];

describe('a key that is revoked stays so under the policy of the revoker', () => {
  it.each<Row>(UN_REVOKING)('$attempt is denied', async ({ act, version = 2 }) => {
    const key = await aKey(version);
    await revokeKey(a.target, key.keyId);
    expect(await resultOf(revoker, key.keyId, act)).toEqual(DENIED);
    expect(await heartbeat(key)).toBe(401);
  });

  it.each<Row>([
    { attempt: 'emptying the event', act: updateEvent('revoked', { revokedAt: undefined, revokedBy: undefined }) },
    { attempt: 'dating the event later', act: updateEvent('revoked', { revokedAt: LATER, revokedBy: { S: 'bob' } }) },
    {
      attempt: 'setting the status of a version 1 record back',
      version: 1,
      act: updateRecord({ status: { S: 'active' }, revokedAt: undefined }),
    },
  ])('$attempt changes nothing for the worker', async ({ act, version = 2 }) => {
    const key = await aKey(version);
    await revokeKey(a.target, key.keyId);
    await act(revoker, key.keyId, a.target);
    expect(await heartbeat(key)).toBe(401);
    expect(await findKey(a.target, key.keyId)).toMatchObject({ status: 'revoked' });
  });

  it('a version 1 key that was revoked before there were events stays so once it is revoked again', async () => {
    const key = await aKey(1);
    await updateRecord({ status: { S: 'revoked' } })(revoker, key.keyId, a.target);
    expect(await revoker.keys('revoke', key.keyId)).toMatchObject({ exitCode: 0 });
    await updateRecord({ status: { S: 'active' }, revokedAt: undefined })(revoker, key.keyId, a.target);
    expect(await heartbeat(key)).toBe(401);
  });
});

describe('the policy of the revoker extends no key', () => {
  it.each<Row>([
    { attempt: 'dating the end later', act: updateEvent('ends', { endsAt: LATER }) },
    { attempt: 'removing the end', act: updateEvent('ends', { endsAt: undefined }) },
    { attempt: 'overwriting the event', act: putEvent('ends', { endsAt: LATER }) },
    { attempt: 'deleting the event', act: deleteEvent('ends') },
    { attempt: 'deleting the event in a batch', act: deleteEventInABatch('ends') },
    { attempt: 'dating a version 1 record later', version: 1, act: updateRecord({ expiresAt: LATER }) },
    { attempt: 'overwriting a version 1 record', version: 1, act: putRecord({ expiresAt: { NULL: true } }) },
    { attempt: 'another grant', act: updateRecord({ grant: { S: '{}' } }) },
  ])('$attempt is denied', async ({ act, version = 2 }) => {
    const key = await aKey(version);
    const by = { actor: 'ada', atMs: Date.now() };
    await expireKey(a.target, await findKey(a.target, key.keyId), Date.now() - HOUR_MS, by);
    expect(await resultOf(revoker, key.keyId, act)).toEqual(DENIED);
    expect(await heartbeat(key)).toBe(401);
  });

  it('what it may write to the event changes no end', async () => {
    const key = await aKey();
    const by = { actor: 'ada', atMs: Date.now() };
    await expireKey(a.target, await findKey(a.target, key.keyId), Date.now() - HOUR_MS, by);
    const { expiresAtMs } = await findKey(a.target, key.keyId);
    await updateEvent('ends', { revokedAt: LATER, revokedBy: { S: 'bob' } })(revoker, key.keyId, a.target);
    expect(await findKey(a.target, key.keyId)).toMatchObject({ expiresAtMs });
    expect(await heartbeat(key)).toBe(401);
  });
});

describe('the policy of the revoker deletes and falsifies nothing', () => {
  it.each([
    { attempt: 'deleting the record', act: deleteRecord },
    { attempt: 'overwriting the record', act: putRecord({ seal: { S: 'x' } }) },
    { attempt: 'deleting who issued it', act: deleteEvent('issued') },
    { attempt: 'overwriting who issued it', act: putEvent('issued', { actor: { S: 'bob' } }) },
    { attempt: 'saying that somebody else issued it', act: updateEvent('issued', { actor: { S: 'bob' } }) },
    { attempt: 'planning its successor', act: updateEvent('rotated', { successor: { S: 'HBRK' } }) },
    { attempt: 'deriving a secret', act: derive },
  ])('$attempt is denied', async ({ act }) => {
    const key = await aKey();
    expect(await resultOf(revoker, key.keyId, act)).toEqual(DENIED);
    expect(await heartbeat(key)).toBe(200);
  });

  it('what it may write to an event that is there changes no history', async () => {
    const { keyId } = await aKey();
    const before = await viewer.keys('history', keyId);
    await updateEvent('issued', { revokedAt: LATER, revokedBy: { S: 'bob' } })(revoker, keyId, a.target);
    expect(await viewer.keys('history', keyId)).toEqual(before);
  });

  it('an event that it makes up has no time and no actor', async () => {
    const { keyId } = await aKey();
    await updateEvent('rotated', { revokedAt: LATER, revokedBy: { S: 'bob' } })(revoker, keyId, a.target);
    const { stdout } = await viewer.keys('history', keyId, '--output', 'json');
    expect(JSON.parse(stdout)).toContainEqual({ event: 'rotated', at: null, actor: null, details: {} });
    expect(stdout).not.toContain('bob');
  });
});

/** Every row about any key. */
async function allRows() {
  const { dynamodb, workerKeysTable, keyEventsTable } = a.target;
  const scans = [workerKeysTable, keyEventsTable].map(async (TableName) =>
    dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true })),
  );
  return (await Promise.all(scans)).map(({ Items: items }) => items);
}

describe.each([{ role: 'viewer' as const }, { role: 'revoker' as const }])('the commands of the $role', ({ role }) => {
  const operator = (): AnOperator => (role === 'viewer' ? viewer : revoker);

  it('list, show and history work, and say that no seal was checked', async () => {
    const { keyId } = await aKey();
    const shown = await operator().keys('show', keyId);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^record +not checked, because/m);
    expect((await operator().keys('list')).stdout).toContain(keyId);
    expect((await operator().keys('history', keyId)).stdout).toContain('issued');
  });

  it.each([
    { command: 'issue', args: () => ['issue', '--domain', 'orders', '--label', 'mine'] },
    { command: 'rotate', args: (keyId: string) => ['rotate', keyId, '--overlap', '1h'] },
    { command: 'purge', args: () => ['purge', '--ended-before', '30m', '--yes'] },
  ])('$command is refused, and changes nothing', async ({ args }) => {
    const [key, ended] = [await aKey(), await aKey()];
    await revokeKey(a.target, ended.keyId, Date.now() - HOUR_MS);
    const before = await allRows();
    const { exitCode, stdout } = await operator().keys(...args(key.keyId));
    expect(exitCode).toBe(1);
    expect(stdout).not.toMatch(/[\w-]{43}/);
    expect(await allRows()).toEqual(before);
    expect(findEvent(await readEvents(a.target, key.keyId), 'rotated')).toBeUndefined();
    expect(await heartbeat(key)).toBe(200);
  });

  it('no secret can be derived', async () => {
    const { keyId } = await aKey();
    expect(await resultOf(operator(), keyId, derive)).toEqual(DENIED);
  });
});

it('the revoker revokes keys of both versions, and history says who did', async () => {
  for (const version of [1, 2] as const) {
    const key = await aKey(version);
    expect(await revoker.keys('revoke', key.keyId)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await heartbeat(key)).toBe(401);
    expect((await viewer.keys('history', key.keyId)).stdout).toMatch(/revoked +arn:aws:iam::\d{12}:user\/key-revoker/);
  }
});

describe('the viewer writes nothing', () => {
  it.each([
    { attempt: 'the event', act: updateEvent('revoked', { revokedAt: LATER }) },
    { attempt: 'an overwritten event', act: putEvent('revoked') },
    { attempt: 'the status of a version 1 record', act: updateRecord({ status: { S: 'revoked' } }) },
    { attempt: 'another record', act: putRecord({ seal: { S: 'x' } }) },
    { attempt: 'no record', act: deleteRecord },
    { attempt: 'no event', act: deleteEvent('issued') },
  ])('$attempt is denied', async ({ act }) => {
    const { keyId } = await aKey();
    expect(await resultOf(viewer, keyId, act)).toEqual(DENIED);
  });

  it('and revokes no key', async () => {
    const key = await aKey();
    expect((await viewer.keys('revoke', key.keyId)).exitCode).toBe(1);
    expect(await heartbeat(key)).toBe(200);
  });
});
