import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type Connection, readConnection } from '../../local/connection.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { cancelTask, completeTask, startTask } from '../../local/tasks.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { AStart } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { type RelayAnswer, Worker } from './relay-worker.ts';

const ISSUED = z.object({ keyId: z.string(), secret: z.string() });
const FROM_THE_CACHE = { status: 200, body: { cancelRequested: true, forwarded: false } };

async function setFaults(statePath: string, ...rules: string[]): Promise<void> {
  const { exitCode, stderr } = await runProgram(['faults', ...rules, '--state', statePath]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}

const observedAt = ({ body }: RelayAnswer): number => Date.parse(String(body['observedAt']));

describe('P3: a cancel request is not lost or taken back', () => {
  let a: AStack;
  beforeAll(async () => {
    a = await startStack();
  });
  afterAll(() => a.close());

  it('P3: true is answered again while SWF fails, also by a new container', async () => {
    const { taskToken, ...task } = await startTask(a.swf, 'orders');
    const { taskToken: otherToken } = await startTask(a.swf, 'orders');
    await cancelTask(a.swf, { ...task, domain: 'orders' });
    const told = await a.worker.heartbeat('orders', taskToken);
    expect(told).toMatchObject({ status: 200, body: { cancelRequested: true, forwarded: true } });

    await setFaults(a.statePath, 'swf=error');
    for (const replaced of [false, true]) {
      if (replaced) await a.stack.functionHost.replaceContainers(1);
      const again = await a.worker.heartbeat('orders', taskToken);
      expect(again, `replaced: ${replaced}`).toMatchObject(FROM_THE_CACHE);
      expect(observedAt(again)).toBe(observedAt(told));
      // Nothing is invented for a task that SWF said nothing of.
      expect(await a.worker.heartbeat('orders', otherToken)).toMatchObject({
        status: 503,
        body: { code: 'SwfUnavailable' },
      });
    }

    await setFaults(a.statePath, 'clear');
    const after = await a.worker.heartbeat('orders', taskToken);
    expect(after).toMatchObject({ status: 200, body: { cancelRequested: true, forwarded: true } });
    expect(observedAt(after)).toBeGreaterThan(observedAt(told));
  });
});

describe('P3: across kill -9 of everything', () => {
  const folder = new AFolder();
  let start: AStart;
  const startAgain = async (): Promise<{ connection: Connection; worker: Worker }> => {
    start = new AStart(folder.state());
    const connection = await start.ready();
    return { connection, worker: new Worker(connection.relayUrl, connection.worker) };
  };
  const killAll = async (): Promise<void> => {
    await start.signal('SIGKILL');
    expect(start.members()).toEqual([]);
  };
  const headerFile = (): string => readFileSync(join(folder.state(), 'worker.header'), 'utf8');
  afterAll(async () => {
    await start.signal('SIGKILL');
    folder[Symbol.dispose]();
  });

  it('P3: true, the keys and the printed task outlive it', async () => {
    const before = await startAgain();
    const { task } = before.connection;
    await cancelTask(createSwfClient(before.connection), { ...task, domain: 'orders' });
    const told = await before.worker.heartbeatAgain('orders', task.taskToken);
    expect(told).toMatchObject({ status: 200, body: { cancelRequested: true, forwarded: true } });
    const options = ['--label', 'press-7', '--domain', 'orders', '--domain', 'billing', '--output', 'json'];
    const issued = await runProgram(['keys', 'issue', '--local', '--state', folder.state(), ...options]);
    const header = headerFile();
    await killAll();

    const after = await startAgain();
    expect(after.connection.task).toEqual(task);
    expect(after.connection.worker).toEqual(before.connection.worker);
    expect(headerFile()).toBe(header);
    await setFaults(folder.state(), 'swf=error');
    const again = await after.worker.heartbeatAgain('orders', task.taskToken);
    expect(again).toMatchObject(FROM_THE_CACHE);
    expect(observedAt(again)).toBe(observedAt(told));
    await setFaults(folder.state(), 'clear');
    const key = ISSUED.parse(JSON.parse(issued.stdout));
    expect(await new Worker(after.connection.relayUrl, key).heartbeatAgain('orders', task.taskToken)).toMatchObject({
      status: 200,
      body: { cancelRequested: true, forwarded: true },
    });
  });

  it('a task that was completed meanwhile is replaced, and faults are not kept', async () => {
    const before = readConnection(folder.state());
    const { task } = before;
    const swf = createSwfClient(before);
    await completeTask(swf, { ...task, domain: 'orders' }, task.taskToken);
    await setFaults(folder.state(), 'swf=error');
    await killAll();

    const { connection, worker } = await startAgain();
    expect(connection.task.taskId).not.toBe(task.taskId);
    expect(await worker.heartbeatAgain('orders', connection.task.taskToken)).toMatchObject({
      status: 200,
      body: { cancelRequested: false, forwarded: true },
    });
    expect(await worker.heartbeatAgain('orders', task.taskToken)).toMatchObject({
      status: 410,
      body: { code: 'TaskNotOpen' },
    });
  });
});
