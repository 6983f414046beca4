import { readFileSync } from 'node:fs';

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { toItem } from '../../lambda/aws/worker-key-item.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { startTask } from '../../local/tasks.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { carryOut, createPlan } from '../../operator/key-plan.ts';
import { findKey } from '../../operator/key-records.ts';
import { claimSuccessor } from '../../operator/rotation.ts';
import type { Target } from '../../operator/target.ts';
import { APerson, FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { synthesizeGenerations, toAssembly } from '../lib/mac-key-stages.ts';
import { AFolder, filesBelow } from './a-folder.ts';
import { type AGeneration, openOther, startFrom } from './a-generation.ts';
import { aRefusal } from './a-line.ts';
import { type RelayAnswer, Worker, type WorkerKey } from './relay-worker.ts';
import { ISSUED } from './keys-command.ts';
import { issueVersion1 } from './version-1-key.ts';

const RECORDED = { status: 200, body: { forwarded: true, cancelRequested: false } };
const REFUSED = { status: 401, body: { code: 'Unauthenticated' } };
const REQUEST = { label: 'press-7', domains: ['orders'], expiresAtMs: null };

const folder = new AFolder();
const { first, both, second } = await synthesizeGenerations();
const logLines: string[] = [];

/** Has both KMS keys. The relays before and after it run on the same AWS. */
let a: AGeneration;
let before: Awaited<ReturnType<typeof openOther>>;
let after: Awaited<ReturnType<typeof openOther>>;

beforeAll(async () => {
  a = await startFrom(await toAssembly(both), folder.state());
  before = await openOther(a.stack, await toAssembly(first), () => undefined);
  after = await openOther(a.stack, await toAssembly(second), (line) => logLines.push(line));
});

afterAll(async () => {
  await Promise.all([before.close(), after.close()]);
  await a.close();
  folder[Symbol.dispose]();
});

/** The relay as its stack described it before it had the second KMS key. */
const asBefore = (): Target => ({
  ...a.target,
  macKeyArn: a.target.earlierMacKeyArn ?? '',
  earlierMacKeyArn: undefined,
});

const keys = async (args: readonly string[], terminal = new FakeTerminal()) =>
  runProgram(['keys', ...args, '--local', '--state', a.statePath], terminal);

/** A worker with a task of its own, which changes relays and keys while it works. */
class AWorker {
  readonly answers: RelayAnswer[] = [];
  readonly #taskToken: string;

  constructor(taskToken: string) {
    this.#taskToken = taskToken;
  }

  static async start(): Promise<AWorker> {
    const swf = createSwfClient(a.connection);
    const { taskToken } = await startTask(swf, 'orders');
    swf.destroy();
    return new AWorker(taskToken);
  }

  async heartbeat(relayUrl: string, key: WorkerKey): Promise<RelayAnswer> {
    const answer = await new Worker(relayUrl, key).heartbeat('orders', this.#taskToken);
    this.answers.push(answer);
    return answer;
  }
}

const keyIn = (file: string): WorkerKey => ISSUED.parse(JSON.parse(readFileSync(file, 'utf8')));

it('every key moves from one KMS key to the next, and no heartbeat is lost', async () => {
  const { relayUrl } = a.stack;
  const [worker, veteran] = [await AWorker.start(), await AWorker.start()];
  const old = {
    sealed: await issueKey(asBefore(), REQUEST, Date.now()),
    veteran: await issueVersion1(asBefore(), REQUEST, Date.now()),
  };
  const heartbeatWithOld = async (url: string): Promise<void> => {
    await Promise.all([worker.heartbeat(url, old.sealed), veteran.heartbeat(url, old.veteran)]);
  };
  await heartbeatWithOld(before.relayUrl);
  // macKeyGenerations: 2 is deployed.
  await heartbeatWithOld(relayUrl);
  const fresh = await issueKey(a.target, REQUEST, Date.now());
  expect(await (await AWorker.start()).heartbeat(relayUrl, fresh)).toMatchObject(RECORDED);

  const successors = folder.state('successors');
  const person = new APerson('y');
  const ended = { exitCode: -1 };
  const rotation = keys(
    ['rotate', '--all', '--overlap', '30d', '--output', 'json', '--output-folder', successors],
    person,
  ).then(({ exitCode }) => Object.assign(ended, { exitCode }));
  while (ended.exitCode === -1) await heartbeatWithOld(relayUrl);
  await rotation;
  expect(ended.exitCode).toBe(0);
  expect(person.asked).toEqual([
    'Rotate 2 keys? Each of them ends in 30d. [y/N] ',
    expect.stringContaining('of version 1'),
  ]);
  await heartbeatWithOld(relayUrl);

  const [one, other, ...more] = filesBelow(successors).map(keyIn);
  if (one === undefined || other === undefined) throw new Error('there are two successors');
  expect(more).toEqual([]);
  const heartbeatWithNew = async (url: string): Promise<void> => {
    await Promise.all([worker.heartbeat(url, one), veteran.heartbeat(url, other)]);
  };
  await heartbeatWithNew(relayUrl);
  // macKeyGenerations: [2] is deployed.
  await heartbeatWithNew(after.relayUrl);
  const lost = [...worker.answers, ...veteran.answers].filter(({ body }) => body['forwarded'] !== true);
  expect(lost).toEqual([]);

  for (const key of [old.sealed, old.veteran]) {
    expect(await (await AWorker.start()).heartbeat(after.relayUrl, key)).toMatchObject(REFUSED);
    const line = logLines.find((text) => text.includes(key.keyId));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ reason: 'other-mac-key', claimedKeyId: key.keyId });
  }
  expect(await (await AWorker.start()).heartbeat(after.relayUrl, fresh)).toMatchObject(RECORDED);
});

describe('with two KMS keys', () => {
  const seen = async (keyId: string): Promise<unknown> =>
    JSON.parse((await keys(['show', keyId, '--output', 'json'])).stdout);

  it('records of both are checked, and list finds those of the earlier one', async () => {
    const [old, fresh] = [
      await issueKey(asBefore(), REQUEST, Date.now()),
      await issueKey(a.target, REQUEST, Date.now()),
    ];
    expect(await seen(old.keyId)).toMatchObject({ seal: 'intact', macKey: 'earlier' });
    expect(await seen(fresh.keyId)).toMatchObject({ seal: 'intact', macKey: 'newest' });
    const { stdout } = await keys(['list', '--mac-key', 'earlier', '--status', 'active']);
    expect(stdout).toContain(old.keyId);
    expect(stdout).not.toContain(fresh.keyId);
    expect((await keys(['show', old.keyId])).stdout).toMatch(/^MAC key +the earlier generation$/m);
  });

  it.each([
    {
      given: 'the other one of the stack',
      arnOf: ({ earlierMacKeyArn = '' }: Target) => earlierMacKeyArn,
      seal: 'altered',
    },
    {
      given: 'one of another account',
      arnOf: () => `arn:aws:kms:eu-west-1:222222222222:key/mrk-${'0'.repeat(32)}`,
      seal: 'unchecked',
    },
  ])('a record that was altered to name $given lets nobody in', async ({ arnOf, seal }) => {
    const key = await issueKey(a.target, REQUEST, Date.now());
    const { record } = await findKey(a.target, key.keyId);
    if (!('grant' in record)) throw new Error('issueKey issues version 2');
    const altered = { ...record, derivation: { ...record.derivation, kmsKeyArn: arnOf(a.target) } };
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: toItem(altered) }));
    expect(await (await AWorker.start()).heartbeat(a.stack.relayUrl, key)).toMatchObject(REFUSED);
    expect(await seen(key.keyId)).toMatchObject({ seal });
    expect((await keys(['rotate', key.keyId, '--overlap', '1h'])).exitCode).not.toBe(0);
  });

  it('a record that was written in another region, under a replica, is good', async () => {
    const key = await issueKey(a.target, REQUEST, Date.now());
    const { record } = await findKey(a.target, key.keyId);
    if (!('grant' in record)) throw new Error('issueKey issues version 2');
    const replica = a.target.macKeyArn.replace(`:${a.target.region}:`, ':us-east-1:');
    expect(replica).not.toBe(a.target.macKeyArn);
    const elsewhere = { ...record, derivation: { ...record.derivation, kmsKeyArn: replica } };
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: toItem(elsewhere) }));
    expect(await (await AWorker.start()).heartbeat(a.stack.relayUrl, key)).toMatchObject(RECORDED);
    expect(await seen(key.keyId)).toMatchObject({ seal: 'intact', macKey: 'newest' });
  });

  it('rotate --all leaves keys of the newest alone, unless it is told otherwise', async () => {
    const { keyId } = await issueKey(a.target, { ...REQUEST, label: 'newest' }, Date.now());
    const args = ['rotate', '--all', '--yes', '--overlap', '1h', '--output', 'json'];
    expect((await keys(args)).stdout).not.toContain(keyId);
    expect((await keys([...args, '--newest-too'])).stdout).toContain(`"rotatedKeyId":"${keyId}"`);
  });

  it.each([
    { begun: 'planned', carry: false, macKey: 'newest' },
    { begun: 'planned and issued', carry: true, macKey: 'earlier' },
  ])('a rotation that was $begun before there were two is completed', async ({ carry, macKey }) => {
    const old = await issueKey(asBefore(), REQUEST, Date.now());
    const { record } = await findKey(a.target, old.keyId);
    if (!('grant' in record)) throw new Error('issueKey issues version 2');
    const by = { actor: 'somebody', atMs: Date.now() };
    const plan = await claimSuccessor(asBefore(), old.keyId, createPlan(record.grant, 'press-7'), by);
    const printed: IssuedKey[] = carry ? [await carryOut(asBefore(), plan, by)] : [];
    const { exitCode, stdout } = await keys(['rotate', old.keyId, '--overlap', '1h', '--output', 'json']);
    expect(exitCode).toBe(0);
    const successor = ISSUED.parse(JSON.parse(stdout));
    expect(successor).toMatchObject({ keyId: plan.keyId, ...(carry ? { secret: printed[0]?.secret } : {}) });
    expect(await seen(successor.keyId)).toMatchObject({ seal: 'intact', macKey });
    expect(await (await AWorker.start()).heartbeat(a.stack.relayUrl, successor)).toMatchObject(RECORDED);
  });
});

it('once the first KMS key is given up, its keys are shown as such, and cannot be rotated', async () => {
  using other = new AFolder();
  const [earlier, later] = [await startFrom(await toAssembly(first), other.state()), await toAssembly(second)];
  const old = await issueKey(earlier.target, REQUEST, Date.now());
  await earlier.close();
  const now = await startFrom(later, other.state());
  const run = async (...args: string[]) => runProgram(['keys', ...args, '--local', '--state', now.statePath]);
  expect((await run('show', old.keyId)).stdout).toMatch(
    /^record +of a KMS key that this relay does not have, so it lets/m,
  );
  expect((await run('list')).stderr).toMatch(
    new RegExp(`^of a KMS key that this relay does not have, .*${old.keyId}`, 'm'),
  );
  const refused = aRefusal(/^the record of HBRK\w{16} names a KMS key that this relay does not have, .*: issue a key$/);
  expect(await run('rotate', old.keyId, '--overlap', '1h')).toEqual(refused);
  await now.close();
});
