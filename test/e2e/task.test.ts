import { existsSync, writeFileSync } from 'node:fs';

import { RecordActivityTaskHeartbeatCommand } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createSwfClient } from '../../local/bootstrap.ts';
import { readConnection } from '../../local/connection.ts';
import { startTask } from '../../local/tasks.ts';
import { FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { READERS } from '../cli/env-readers.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal, aSuccess } from './a-line.ts';
import { type AStack, startStack } from './a-stack.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const task = async (...args: string[]) => runProgram(['task', ...args, '--state', a.statePath]);
const faults = async (...args: string[]) => runProgram(['faults', ...args, '--state', a.statePath]);
const tokenOfSteps = (): string => readConnection(a.statePath).task.taskToken;

/** What a started task's JSON holds. */
const STARTED = z.object({ domain: z.string(), taskToken: z.string(), taskId: z.string(), workflowId: z.string() });

async function startOne(...args: string[]): Promise<z.infer<typeof STARTED>> {
  const { stdout } = await task('start', ...args, '--output', 'json');
  return STARTED.parse(JSON.parse(stdout));
}

/** Every open task as `task list --output json` prints it. */
async function listed() {
  const { stdout } = await task('list', '--output', 'json');
  return z.array(z.looseObject({ workflowId: z.string(), domain: z.string() })).parse(JSON.parse(stdout));
}

describe('npm run task', () => {
  it('cancel makes the next heartbeat say so', async () => {
    const taskToken = tokenOfSteps();
    expect(await a.worker.heartbeat('orders', taskToken)).toMatchObject({ body: { cancelRequested: false } });
    expect(await task('cancel')).toEqual(aSuccess(/^cancel requested: orders print-[0-9a-f]{8}\/press-1\n$/));
    expect(await a.worker.heartbeat('orders', taskToken)).toMatchObject({
      status: 200,
      body: { cancelRequested: true, forwarded: true },
    });
    expect(await task('list')).toEqual(aSuccess(/^orders +print-\S+ .* cancel requested/m));
  });

  it('start issues no key for a domain that SWF refuses', async () => {
    const { exitCode, stdout } = await task('start', '--domain', 'nowhere');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    const keys = await runProgram(['keys', 'list', '--domain', 'nowhere', '--local', '--state', a.statePath]);
    expect(keys.stdout).not.toContain('HBRK');
    expect(existsSync(`${a.statePath}/worker-nowhere.header`)).toBe(false);
  });

  it('complete closes the task for whoever sends a heartbeat or asks', async () => {
    const taskToken = tokenOfSteps();
    await a.worker.heartbeat('orders', taskToken);
    expect(await task('complete')).toEqual(aSuccess(/^completed: orders print-/));
    expect(await a.worker.heartbeat('orders', taskToken)).toMatchObject({ status: 410, body: { code: 'TaskNotOpen' } });
    expect(await a.worker.findTask('orders', taskToken)).toMatchObject({ status: 200, body: { state: 'closed' } });
    const nothingOpen = aRefusal(/^no open task in orders: npm run task -- start --domain orders$/);
    expect(await task('cancel')).toEqual(nothingOpen);
    expect(await task('complete')).toEqual(nothingOpen);
    expect(await listed()).toMatchObject([{ domain: 'billing' }]);
  });

  it('start makes another task the one of the printed commands', async () => {
    const before = tokenOfSteps();
    expect(await task('start')).toEqual(aSuccess(/^started orders print-/));
    const taskToken = tokenOfSteps();
    expect(taskToken).not.toBe(before);
    expect(await a.worker.heartbeat('orders', taskToken)).toMatchObject({
      status: 200,
      body: { cancelRequested: false },
    });
  });

  it('--domain names the domain', async () => {
    expect(await task('complete', '--domain', 'billing')).toEqual(aSuccess(/^completed: billing print-/));
    expect((await task('list')).stdout).not.toMatch(/^billing/m);
    expect(await task('start', '--domain', 'billing')).toEqual(aSuccess(/^started billing print-/));
    expect(await task('list')).toEqual(aSuccess(/^billing +print-/m));
    expect(await task('list', '--domain', 'orders')).not.toEqual(aSuccess(/^billing/m));
  });

  it('cancel and complete take any task that list shows, by its task id or workflow id', async () => {
    const [oldest, middle, newest] = [await startOne(), await startOne(), await startOne()];
    expect(await task('cancel', oldest.taskId)).toEqual(
      aSuccess(new RegExp(`^cancel requested: orders ${oldest.workflowId}/`)),
    );
    expect(await a.worker.heartbeat('orders', oldest.taskToken)).toMatchObject({ body: { cancelRequested: true } });
    expect(await a.worker.heartbeat('orders', newest.taskToken)).toMatchObject({ body: { cancelRequested: false } });
    for (const { workflowId } of [middle, oldest]) {
      expect(await task('complete', workflowId)).toEqual(aSuccess(new RegExp(`^completed: orders ${workflowId}/`)));
    }
    expect(await a.worker.heartbeat('orders', middle.taskToken)).toMatchObject({ status: 410 });
    const open = await listed();
    expect(open.map(({ workflowId }) => workflowId)).not.toContain(middle.workflowId);
    expect(open.map(({ workflowId }) => workflowId)).toContain(newest.workflowId);
  });

  it('complete prints JSON for a script', async () => {
    const { taskId, workflowId } = await startOne();
    const { stdout } = await task('complete', taskId, '--output', 'json');
    const activity = { domain: 'orders', workflowId, activityId: 'press-1', taskId };
    expect(JSON.parse(stdout)).toEqual({ outcome: 'completed', ...activity });
    expect(await task('complete', taskId)).toEqual(aRefusal(/^no open task has the id \S+: npm run task -- list$/));
  });

  it('names a task that another poller holds, whose token it does not know', async () => {
    const { workflowId } = await startTask(createSwfClient(a.connection), 'orders');
    expect((await listed()).map((open) => open.workflowId)).toContain(workflowId);
    for (const action of ['cancel', 'complete']) {
      const says = /^the task print-\w+ was not started by this command, so its token is not known here$/;
      expect(await task(action, workflowId)).toEqual(aRefusal(says, 1));
    }
  });
});

describe('npm run task -- start', () => {
  it('--output env prints everything that a worker needs, one variable per line', async () => {
    const { stdout } = await task('start', '--heartbeat-timeout', '30', '--output', 'env');
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^[A-Z_]+=[\w.:/+=-]+$/);
    const variables = new Map(lines.map((line) => [line.replace(/=.*/, ''), line.replace(/^[A-Z_]+=/, '')]));
    expect([...variables.keys()].slice(0, 6)).toEqual([
      'HEARTBEAT_RELAY_URL',
      'HEARTBEAT_DOMAIN',
      'HEARTBEAT_KEY',
      'TASK_TOKEN',
      'TASK_ID',
      'HEARTBEAT_TIMEOUT_SECONDS',
    ]);
    const answer = await fetch(`${variables.get('HEARTBEAT_RELAY_URL')}/domains/orders/heartbeats`, {
      method: 'POST',
      headers: { authorization: `Bearer ${variables.get('HEARTBEAT_KEY')}` },
      body: JSON.stringify({ taskToken: variables.get('TASK_TOKEN') }),
    });
    expect(await answer.json()).toMatchObject({ forwarded: true, taskId: variables.get('TASK_ID') });
  });

  it.each(READERS)('--output env is read by $reader as one variable a line', async ({ read }) => {
    const { stdout } = await task('start', '--output', 'env');
    const lines = stdout.trimEnd().split('\n');
    const variables = Object.entries(read(stdout)).map(([name, value]) => `${name}=${value}`);
    expect(variables.sort()).toEqual(lines.sort());
  });

  it('--output env refuses a CA file that the readers would not agree on, before it starts a task', async () => {
    using folder = new AFolder();
    const caFile = `${folder.path}/a state folder/ca.pem`;
    writeFileSync(`${folder.path}/lock`, String(process.pid));
    writeFileSync(`${folder.path}/connection.json`, JSON.stringify({ ...a.connection, caFile }));
    const before = await listed();
    const refused = await runProgram(['task', 'start', '--output', 'env', '--state', folder.path]);
    expect(refused).toEqual(aRefusal(/^--output env can't write NODE_EXTRA_CA_CERTS, .*: use --output json$/));
    expect(await listed()).toEqual(before);
  });

  it('--domain gets a worker key for that domain, and the same one again', async () => {
    const KEYED = STARTED.extend({ key: z.string(), relayUrl: z.string() });
    const startInBilling = async () =>
      KEYED.parse(JSON.parse((await task('start', '--domain', 'billing', '--output', 'json')).stdout));
    const [first, second] = [await startInBilling(), await startInBilling()];
    expect(second.key).toBe(first.key);
    const answer = await fetch(`${first.relayUrl}/domains/billing/heartbeats`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.key}` },
      body: JSON.stringify({ taskToken: first.taskToken }),
    });
    expect(await answer.json()).toMatchObject({ forwarded: true, taskId: first.taskId });
  });

  it('prints token, task id, timeout, relay and key for people', async () => {
    const { stdout } = await task('start', '--heartbeat-timeout', '7');
    const says =
      /^ {2}task id +[\w-]{43}\n {2}task token +\S{576}\n {2}heartbeat timeout +7 s\n {2}relay +http:\S+\n {2}worker key +HBRK\S+$/m;
    expect(stdout).toMatch(says);
  });

  it('--count starts so many tasks, each with its own token', async () => {
    const { stdout } = await task('start', '--count', '3', '--output', 'json');
    const started = stdout
      .trimEnd()
      .split('\n')
      .map((line) => STARTED.parse(JSON.parse(line)));
    expect(new Set(started.map(({ taskToken }) => taskToken)).size).toBe(3);
    const open = await listed();
    for (const { workflowId } of started) expect(open.map((shown) => shown.workflowId)).toContain(workflowId);
  });
});

describe('npm run task -- list', () => {
  it('shows age, last heartbeat, time left and details, and no token', async () => {
    const { taskToken, taskId, workflowId } = await startOne('--heartbeat-timeout', '3000');
    const rowOf = async (): Promise<string> => {
      const { stdout } = await task('list');
      expect(stdout).toMatch(/^domain +workflow id +task id +age +last heartbeat +time left +state +details$/m);
      expect(stdout).not.toContain(taskToken);
      return stdout.split('\n').find((line) => line.includes(workflowId)) ?? '';
    };
    expect(await rowOf()).toMatch(
      new RegExp(`^orders +${workflowId} +${taskId} +\\d+ s +none +(?:50 min|49 min 5\\d s) +started$`),
    );
    const details = 'page 3 of 7\u001b[31m';
    await createSwfClient(a.connection).send(new RecordActivityTaskHeartbeatCommand({ taskToken, details }));
    expect(await rowOf()).toMatch(/ \d+ s ago +(?:50 min|49 min 5\d s) +started +page 3 of 7$/);
  });

  it('--watch prints it again until it is interrupted', async () => {
    let prints = 0;
    const terminal = new FakeTerminal((own) => {
      prints += 1;
      if (prints === 2) own.interrupt();
    });
    const { exitCode, stdout } = await runProgram(['task', 'list', '--watch', '--state', a.statePath], terminal);
    expect(exitCode).toBe(130);
    expect(stdout.match(/^domain /gm)).toHaveLength(2);
    expect(stdout).not.toContain('\u001b');
  });

  it('--watch ends quietly when nobody reads it any more', async () => {
    const terminal = new FakeTerminal((own) => own.closePipe());
    const { exitCode, stderr } = await runProgram(['task', 'list', '--watch', '--state', a.statePath], terminal);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('npm run faults', () => {
  it('makes SWF fail until it is cleared', async () => {
    await task('start');
    const taskToken = tokenOfSteps();
    expect(await faults('swf=error')).toEqual(aSuccess(/^swf=error\n$/));
    expect(await a.worker.heartbeat('orders', taskToken)).toMatchObject({
      status: 503,
      body: { code: 'SwfUnavailable' },
    });
    expect(await faults('clear')).toEqual(aSuccess(/^no faults\n$/));
    expect(await a.worker.heartbeat('orders', taskToken)).toMatchObject({ status: 200, body: { forwarded: true } });
  });

  it('lists the rules in force', async () => {
    expect(await faults()).toEqual(aSuccess(/^no faults\n$/));
    await faults('set', 'swf=throttle:30%', 'kms=slow:3s');
    for (const args of [[], ['list']])
      expect(await faults(...args)).toEqual(aSuccess(/^swf=throttle:30%\nkms=slow:3s\n$/));
    expect(JSON.parse((await faults('list', '--output', 'json')).stdout)).toEqual(['swf=throttle:30%', 'kms=slow:3s']);
    await faults('clear');
    expect(await faults('list')).toEqual(aSuccess(/^no faults\n$/));
  });

  it.each([
    { given: 'nonsense', rules: ['swf=nonsense'], says: /^"swf=nonsense" is not a fault/ },
    { given: 'a misspelled sub-command', rules: ['lst'], says: /^"lst" is not a fault/ },
    { given: 'a wrong rule beside a right one', rules: ['swf=error', 'clear'], says: /^"clear" is not a fault/ },
  ])('refuses $given, and changes nothing', async ({ rules, says }) => {
    expect(await faults(...rules)).toEqual(aRefusal(says));
    expect(await a.worker.heartbeat('orders', tokenOfSteps())).toMatchObject({
      status: 200,
      body: { forwarded: true },
    });
  });
});
