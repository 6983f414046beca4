import { mkdirSync, writeFileSync } from 'node:fs';

import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readConnection } from '../../local/connection.ts';
import { run } from '../../local/running.ts';
import { findLocal } from '../../operator/target.ts';
import { APerson, FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { UNHURRIED } from '../unhurried.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { Worker, type WorkerKey } from './relay-worker.ts';
import { DESCRIBED, ISSUED } from './keys-command.ts';
import { until } from './until.ts';
import { BEFORE } from './upgrades/before-key-events.ts';

const { running: press7, ending: press8, revoked: press9 } = BEFORE.secrets;
const HELD = [press7, press8, press9].map(({ keyId }) => keyId).sort();

/** A stack on a state folder. It can be opened again, so that its containers remember nothing. */
async function open(statePath: string) {
  const options = { statePath, relayPort: 0, awsPort: 0, maxContainers: 1, containerEnvironment: UNHURRIED };
  const started = await run(options);
  const { stack } = started;
  await stack.functionHost.warm(1);
  const connection = readConnection(statePath);
  const target = await findLocal(connection);
  const put = async (name: string | undefined, item: Record<string, AttributeValue>) =>
    target.dynamodb.send(new PutItemCommand({ TableName: name, Item: item }));
  const close = async (): Promise<void> => {
    for (const client of [target.dynamodb, target.kms]) client.destroy();
    await started.close();
  };
  return { stack, connection, target, put, close };
}

let folder: AFolder;
let statePath: string;
let relay: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  folder = new AFolder();
  statePath = folder.state();
  mkdirSync(statePath, { mode: 0o700 });
  writeFileSync(`${statePath}/kms.root`, BEFORE.kmsRoot, { mode: 0o600 });
  relay = await open(statePath);
  for (const item of BEFORE.workerKeys) await relay.put(relay.target.workerKeysTable, item);
  for (const item of BEFORE.keyUse) await relay.put(relay.target.keyUseTable, item);
});
afterAll(async () => {
  await relay.close();
  folder[Symbol.dispose]();
});

/** The statuses of a heartbeat by either protocol, as clients of that time send it. A cold container's 503 is no answer. */
async function statuses(key: WorkerKey): Promise<number[]> {
  const { stack, connection } = relay;
  const { taskToken } = connection.task;
  const bearer = await until('an answer but 503', async () => {
    const { status } = await new Worker(stack.relayUrl, key).heartbeat('orders', taskToken);
    return status === 503 ? undefined : status;
  });
  const credentials = { accessKeyId: key.keyId, secretAccessKey: key.secret };
  const swf = new SWFClient({ endpoint: `${stack.relayUrl}/domains/orders`, region: stack.region, credentials });
  try {
    const { $metadata } = await swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    return [bearer, $metadata.httpStatusCode ?? 0];
  } catch (error) {
    const { $metadata } = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) }).parse(error);
    return [bearer, $metadata.httpStatusCode];
  } finally {
    swf.destroy();
  }
}

const keys = async (args: readonly string[], terminal = new FakeTerminal()) =>
  runProgram(['keys', ...args, '--local', '--state', statePath], terminal);

async function printJson(...args: string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await keys([...args, '--output', 'json']);
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Each step builds on the one before. */
describe('a relay that was upgraded from the version before key events', () => {
  it('has the KMS key that its keys were derived with', () => {
    expect(relay.target.macKeyArn).toBe(BEFORE.macKeyArn);
  });

  it('lets the workers of its keys in, bearer and SigV4, except for the revoked one', async () => {
    expect(await statuses(press7)).toEqual([200, 200]);
    expect(await statuses(press8)).toEqual([200, 200]);
    expect(await statuses(press9)).toEqual([401, 400]);
  });

  it('answers a remembered cancel request from the row of that version while SWF fails, and a look-up of its task', async () => {
    const { stack, connection, put } = relay;
    const { taskId, taskToken } = connection.task;
    const tables = stack.template.resources.entries();
    const [, table] = [...tables].find(([id]) => id.startsWith('TaskStatesTable')) ?? [];
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const times = { observedAt: { N: `${nowSeconds}000` }, expiresAt: { N: `${nowSeconds + 86_400}` } };
    await put(table?.physicalId, { ...BEFORE.taskState, ...times, taskId: { S: taskId } });
    stack.faults.set(['swf=error']);
    const worker = new Worker(stack.relayUrl, press7);
    const [heartbeat, found] = [
      await worker.heartbeat('orders', taskToken),
      await worker.findTask('orders', taskToken),
    ];
    stack.faults.set([]);
    expect(heartbeat).toMatchObject({ status: 200, body: { cancelRequested: true } });
    expect(found).toMatchObject({ status: 200, body: { cancelRequested: true } });
  });

  it('lists and shows them, as keys without a seal', async () => {
    const listed = z.array(DESCRIBED).parse(await printJson('list', '--label', 'press '));
    expect(listed.map(({ keyId }) => keyId).sort()).toEqual(HELD);
    const byId = new Map(listed.map((key) => [key.keyId, key]));
    const plain = { seal: 'unsealed', grant: null };
    expect(byId.get(press7.keyId)).toMatchObject({ ...plain, status: 'active', domains: ['billing', 'orders'] });
    expect(byId.get(press8.keyId)).toMatchObject({ ...plain, expiresAt: '2099-01-01T00:00:00.000Z' });
    expect(byId.get(press9.keyId)).toMatchObject({ ...plain, status: 'revoked' });
    expect(await printJson('show', press7.keyId)).toMatchObject({ keyId: press7.keyId, label: 'press 7', ...plain });
  });

  it('tells their history as far as that version recorded it', async () => {
    expect(await printJson('history', press7.keyId)).toMatchObject([{ event: 'issued', actor: null }]);
    expect(await printJson('history', press9.keyId)).toMatchObject([
      { event: 'issued', actor: null },
      { event: 'revoked', actor: null },
    ]);
  });

  it('rotates one: it needs --domain or asks, and both keys are good', async () => {
    const rotate = ['rotate', press7.keyId, '--overlap', '7d'];
    expect(await keys(rotate)).toEqual(aRefusal(/is of version 1, without a seal, so name its domains with --domain$/));
    const person = new APerson('y');
    const { stdout } = await keys([...rotate, '--output', 'json'], person);
    expect(person.asked).toEqual([expect.stringContaining('It names the domains orders, billing.')]);
    const successor = ISSUED.parse(JSON.parse(stdout));
    expect(await statuses(successor)).toEqual([200, 200]);
    expect(await statuses(press7)).toEqual([200, 200]);
    expect(await printJson('show', successor.keyId)).toMatchObject({ seal: 'intact', label: 'press 7' });
    const history = z.array(z.object({ event: z.string() })).parse(await printJson('history', press7.keyId));
    expect(history.map(({ event }) => event).sort()).toEqual(['ends', 'issued', 'rotated']);
  });

  it('revokes them: a container that starts afterwards refuses them, by either protocol', async () => {
    for (const { keyId } of [press7, press8]) expect((await keys(['revoke', keyId])).exitCode).toBe(0);
    await relay.close();
    relay = await open(statePath);
    expect(await statuses(press7)).toEqual([401, 400]);
    expect(await statuses(press8)).toEqual([401, 400]);
    const listed = await printJson('list', '--label', 'press 8');
    expect(listed).toMatchObject([{ keyId: press8.keyId, status: 'revoked' }]);
  });

  it('purges what was revoked, keeps the history of who did it, and still refuses the key', async () => {
    await until('a millisecond after the revocations', async () => {
      const { exitCode } = await keys([
        'purge',
        '--ended-before',
        new Date().toISOString(),
        '--label',
        'press ',
        '--yes',
      ]);
      expect(exitCode).toBe(0);
      const left = z.array(DESCRIBED).parse(await printJson('list', '--label', 'press '));
      return left.every(({ status }) => status === 'active') || undefined;
    });
    expect(await keys(['show', press8.keyId])).toEqual(aRefusal(/^this relay has no key/));
    expect(await printJson('history', press8.keyId)).toMatchObject([
      { event: 'revoked', actor: expect.stringContaining('operator') as unknown },
      { event: 'purged', actor: expect.stringContaining('operator') as unknown },
    ]);
    expect(await statuses(press8)).toEqual([401, 400]);
  });
});
