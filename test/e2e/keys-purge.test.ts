import { readFileSync } from 'node:fs';

import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { findKey } from '../../operator/key-records.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { APerson, FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { keyIdsOf } from './all-key-ids.ts';
import { aRefusal } from './a-line.ts';
import { AProcess } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const DAY_MS = 86_400_000;
const daysAgo = (days: number): number => Date.now() - days * DAY_MS;

const keys = async (args: readonly string[], terminal = new FakeTerminal()) =>
  runProgram(['keys', ...args, '--local', '--state', a.statePath], terminal);

/** Each test has a label of its own. */
const purge = (label: string, ...more: string[]): string[] => [
  'purge',
  '--ended-before',
  '30d',
  '--label',
  label,
  ...more,
];

const issue = async (label: string, expiresAtMs: number | null = null): Promise<IssuedKey> =>
  issueKey(a.target, { label, domains: ['orders'], expiresAtMs }, daysAgo(400));

/** A record that can be changed. */
const issueV1 = async (label: string, expiresAtMs: number | null = null): Promise<IssuedKey> =>
  issueVersion1(a.target, { label, domains: ['orders'], expiresAtMs }, daysAgo(400));

async function issueRevoked(label: string, revokedAtMs: number, expiresAtMs: number | null = null): Promise<IssuedKey> {
  const key = await issue(label, expiresAtMs);
  await revokeKey(a.target, key.keyId, revokedAtMs);
  return key;
}

async function setAttribute({ keyId }: Pick<IssuedKey, 'keyId'>, name: string, value: string): Promise<void> {
  await a.target.dynamodb.send(
    new UpdateItemCommand({
      TableName: a.target.workerKeysTable,
      Key: { keyId: { S: keyId } },
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': { S: value } },
    }),
  );
}

/** Which of these keys still have a record. */
async function left(...issued: readonly { readonly keyId: string }[]): Promise<boolean[]> {
  const ids = await keyIdsOf(a.target);
  return issued.map(({ keyId }) => ids.has(keyId));
}

/** Somebody else does something after the first line. The command waits for it. */
class MeanwhileTerminal extends FakeTerminal {
  readonly #work: (firstLine: string) => Promise<unknown>;
  #done: Promise<unknown> | undefined;

  constructor(work: (firstLine: string) => Promise<unknown>) {
    super();
    this.#work = work;
  }

  override async print(text: string): Promise<void> {
    await super.print(text);
    await (this.#done ??= this.#work(text));
  }
}

describe('keys purge --ended-before removes records of keys that ended before then', () => {
  it('the expired and the revoked ones, and says which', async () => {
    const expired = await issue('ended', daysAgo(31));
    const revoked = await issueRevoked('ended', daysAgo(31));
    const revokedThenExpired = await issueRevoked('ended', daysAgo(10), daysAgo(31));
    const { exitCode, stdout, stderr } = await keys(purge('ended', '--yes'));
    expect({ exitCode, stderr }).toEqual(aSummary(/^removed 3 records of keys that ended before \S+Z\n$/));
    for (const { keyId } of [expired, revoked, revokedThenExpired]) {
      expect(stdout).toMatch(new RegExp(`^removed ${keyId} ended, ended \\S+Z$`, 'm'));
    }
    expect(await left(expired, revoked, revokedThenExpired)).toEqual([false, false, false]);
  });

  it('those before a date, as JSON: one object for each record and line', async () => {
    const atMs = Date.parse('2026-01-01T00:00:00Z');
    const [before, on] = [await issue('dated', atMs - 1), await issue('dated', atMs)];
    const { stdout } = await keys([
      'purge',
      '--ended-before',
      '2026-01-01',
      '--label',
      'dated',
      '--yes',
      '--output',
      'json',
    ]);
    const said = { keyId: before.keyId, label: 'dated', endedAt: '2025-12-31T23:59:59.999Z', isRemoved: true };
    expect(JSON.parse(stdout)).toEqual(said);
    expect(await left(before, on)).toEqual([false, true]);
  });

  it('never a valid key, one that ended later, one of another label, or one that it cannot read', async () => {
    const kept = [
      await issue('kept'),
      await issue('kept', Date.now() + DAY_MS),
      await issue('kept', daysAgo(29)),
      await issueRevoked('kept', daysAgo(29)),
      await issueRevoked('kept', daysAgo(29), daysAgo(28)),
      await issue('other', daysAgo(31)),
    ];
    const unreadable = { keyId: 'HBRKZZZZZZZZZZZZZZZZ' };
    const item = { keyId: { S: unreadable.keyId }, label: { S: 'kept' }, expiresAt: { S: '2020-01-01T00:00:00.000Z' } };
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: item }));
    expect(await keys(purge('kept', '--yes'))).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await left(...kept, unreadable)).toEqual([true, true, true, true, true, true, true]);
    const [valid] = kept;
    if (valid === undefined) throw new Error('no key');
    expect(await new Worker(a.stack.relayUrl, valid).heartbeat('orders', a.connection.task.taskToken)).toMatchObject({
      status: 200,
    });
  });

  it('not one that an earlier version revoked, until it is revoked again', async () => {
    const key = await issueV1('undated');
    await setAttribute(key, 'status', 'revoked');
    const says =
      /^removed 0 records .*\nkept 1 key that an earlier version revoked, without the time: revoke again, which counts from then on\n$/;
    expect(await keys(purge('undated', '--yes'))).toMatchObject({ stderr: expect.stringMatching(says) as unknown });
    await revokeKey(a.target, key.keyId, daysAgo(31));
    await keys(purge('undated', '--yes'));
    expect(await left(key)).toEqual([false]);
  });

  it('not one that was changed after it was read', async () => {
    const both = [await issueV1('changed', daysAgo(31)), await issueV1('changed', daysAgo(31))];
    // Both are read at once. After the first removal, somebody prolongs the other one.
    const terminal = new MeanwhileTerminal(async (text) => {
      const other = both.find(({ keyId }) => !text.includes(keyId));
      if (other !== undefined) await setAttribute(other, 'expiresAt', '2099-01-01T00:00:00.000Z');
    });
    const { stdout, stderr } = await keys(purge('changed', '--yes'), terminal);
    expect(stdout).toMatch(/^removed HBRK.*\nkept, because it was changed meanwhile: HBRK.*\n$/);
    expect(stderr).toMatch(/^removed 1 record of .*\nkept 1 record that somebody changed meanwhile: run it again\n$/);
    expect(new Set(await left(...both))).toEqual(new Set([false, true]));
    const survivor = both.find(({ keyId }) => stdout.includes(`meanwhile: ${keyId}`));
    if (survivor === undefined) throw new Error('no key survived');
    expect(await findKey(a.target, survivor.keyId)).toMatchObject({ status: 'active' });
  });
});

describe('keys purge removes all that was agreed to', () => {
  it('and counts a record as removed that somebody else removed meanwhile', async () => {
    const both = [await issue('twice', daysAgo(31)), await issue('twice', daysAgo(31))];
    const terminal = new MeanwhileTerminal(async () => keys(purge('twice', '--yes')));
    const { stdout, stderr } = await keys(purge('twice', '--yes'), terminal);
    expect(stdout).toMatch(/^removed HBRK.*\nremoved HBRK.*\n$/);
    expect(stderr).toMatch(/^removed 2 records of .*\n$/);
    expect(await left(...both)).toEqual([false, false]);
  });

  it('when nobody reads its lines any more', async () => {
    const both = [await issue('unread', daysAgo(31)), await issue('unread', daysAgo(31))];
    const closing = new FakeTerminal((terminal) => terminal.closePipe());
    const { exitCode, stderr } = await keys(purge('unread', '--yes'), closing);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^removed 2 records of .*\n$/) as unknown,
    });
    expect(await left(...both)).toEqual([false, false]);
  });
});

describe('keys purge asks first', () => {
  it.each(['', 'n', 'no', 'yes, please'])('and removes nothing after the answer "%s"', async (answer) => {
    const key = await issue(`asked ${answer}`, daysAgo(31));
    const person = new APerson(answer);
    expect(await keys(purge(key.label), person)).toEqual({ exitCode: 0, stdout: '', stderr: 'nothing was removed\n' });
    expect(person.asked).toEqual([
      expect.stringMatching(/^Remove [1-4] records? of keys that ended before \S+Z\? \[y\/N\] $/),
    ]);
    expect(await left(key)).toEqual([true]);
  });

  it('and removes the records after a yes', async () => {
    const key = await issue('agreed', daysAgo(31));
    expect(await keys(purge('agreed'), new APerson('y'))).toMatchObject({ exitCode: 0 });
    expect(await left(key)).toEqual([false]);
  });

  it('on the terminal, not in the file or pipe that its output goes to', async () => {
    const key = await issue('into a file', daysAgo(31));
    const options = ['--ended-before', '30d', '--label', "'into a file'", '--output', 'json', '--local'];
    const command = `"${process.execPath}" cli/heartbeat-relay.mjs keys purge ${options.join(' ')} --state ${a.statePath}`;
    const redirected = `${command} > "${a.statePath}.out"`;
    const { exitCode, stdout: shown } = await new AProcess('sh', [
      '-c',
      `echo y | script -qec '${redirected.replaceAll("'", String.raw`'\''`)}' /dev/null`,
    ]).ended;
    expect(exitCode).toBe(0);
    expect(shown).toMatch(/Remove 1 record of keys that ended before \S+Z\? \[y\/N\] /);
    const printed = readFileSync(`${a.statePath}.out`, 'utf8');
    expect(JSON.parse(printed)).toMatchObject({ keyId: key.keyId, isRemoved: true });
    expect(await left(key)).toEqual([false]);
  });

  it('and needs --yes where nobody can be asked', async () => {
    const key = await issue('unasked', daysAgo(31));
    expect(await keys(purge('unasked'))).toEqual(
      aRefusal(/^this is not a terminal, so nobody can be asked: add --yes to remove them$/),
    );
    expect(await left(key)).toEqual([true]);
  });
});

describe('a purged key that was revoked', () => {
  it('is an unknown key, and stays refused: in a container that knew it, and in a new one', async () => {
    const key = await issue('refused');
    const worker = new Worker(a.stack.relayUrl, key);
    const heartbeat = async () => worker.heartbeat('orders', a.connection.task.taskToken);
    expect(await heartbeat()).toMatchObject({ status: 200 });
    await revokeKey(a.target, key.keyId, daysAgo(31));
    expect(await keys(purge('refused', '--yes'))).toMatchObject({ exitCode: 0 });
    expect(await left(key)).toEqual([false]);
    await a.stack.functionHost.replaceContainers(1);
    const refused = { status: 401, body: { code: 'Unauthenticated' } };
    expect(await heartbeat()).toMatchObject(refused);
    // The same words as for a key that never was.
    const { body } = await heartbeat();
    const never = await new Worker(a.stack.relayUrl, { ...key, keyId: 'HBRKAAAAAAAAAAAAAAAA' }).heartbeat(
      'orders',
      a.connection.task.taskToken,
    );
    expect({ ...never.body, requestId: '' }).toEqual({ ...body, requestId: '' });
    expect(await keys(['show', key.keyId])).toEqual(aRefusal(/^this relay has no key/));
  });
});

describe('keys list', () => {
  /** DynamoDB reads 1 MB at once. */
  const [ROWS, LABEL] = [30, 'x'.repeat(40_000)];
  const scans = (): number => a.calls.filter(({ operation }) => operation === 'Scan').length;

  beforeAll(async () => {
    for (let row = 0; row < ROWS; row += 1) {
      const { keyId } = await issueV1('long');
      await setAttribute({ keyId }, 'label', LABEL);
    }
  });

  it.each(['table', 'json'])('prints its first page before it reads the second one: %s', async (output) => {
    const before = scans();
    const atPrints: number[] = [];
    const { exitCode, stdout } = await keys(
      ['list', '--output', output],
      new FakeTerminal(() => atPrints.push(scans() - before)),
    );
    expect(exitCode).toBe(0);
    expect(atPrints.slice(0, 2)).toEqual([1, 2]);
    expect(stdout.split(LABEL)).toHaveLength(ROWS + 1);
    expect(stdout.split('key id')).toHaveLength(output === 'table' ? 2 : 1);
  });

  it('as JSON is one list, however many pages it has, and an empty one where no key matches', async () => {
    const { stdout } = await keys(['list', '--output', 'json', '--label', LABEL]);
    expect(JSON.parse(stdout)).toHaveLength(ROWS);
    expect((await keys(['list', '--output', 'json', '--label', 'of nobody'])).stdout).toBe('[]\n');
  });

  it('reads no more pages once nobody reads its output', async () => {
    const before = scans();
    expect(await keys(['list'], new FakeTerminal((terminal) => terminal.closePipe()))).toMatchObject({ exitCode: 0 });
    expect(scans() - before).toBe(2);
  });
});

function aSummary(says: RegExp): unknown {
  return { exitCode: 0, stderr: expect.stringMatching(says) as unknown };
}
