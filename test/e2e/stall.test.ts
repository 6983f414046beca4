import { afterAll, beforeAll, expect, it } from 'vitest';

import { type HeldTask, startTask } from '../../local/tasks.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { aRefusal, aSuccess } from './a-line.ts';
import { type AStack, startStack } from './a-stack.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const faults = async (...args: string[]) => runProgram(['faults', ...args, '--state', a.statePath]);
const heartbeat = ({ taskToken }: HeldTask) => a.worker.heartbeat('orders', taskToken);
const RECORDED = { status: 200, body: { cancelRequested: false, forwarded: true } };

/** The statuses of SWF's answers to heartbeats since then. */
const statusesSince = (count: number): number[] =>
  a.calls
    .slice(count)
    .flatMap(({ operation, status }) => (operation === 'RecordActivityTaskHeartbeat' ? [status] : []));

it('npm run faults makes SWF hang for one task, and then answer 500: the relay tries once more, and answers 503', async () => {
  const [stuck, other] = [await startTask(a.swf, 'orders'), await startTask(a.swf, 'orders')];
  const rule = `swf/${stuck.taskId}=stall:100ms`;
  expect(await faults('set', rule)).toEqual(aSuccess(new RegExp(`^${rule}\n$`)));
  expect(await heartbeat(other)).toMatchObject(RECORDED);
  const before = a.calls.length;
  expect(await heartbeat(stuck)).toMatchObject({ status: 503, body: { code: 'SwfUnavailable' } });
  expect(statusesSince(before)).toEqual([500, 500]);
  expect(await heartbeat(other)).toMatchObject(RECORDED);
  await faults('clear');
  expect(await heartbeat(stuck)).toMatchObject(RECORDED);
});

it('npm run faults refuses what is not a task id', async () => {
  expect(await faults('set', 'swf/press-1=stall')).toEqual(aRefusal(/^"swf\/press-1=stall" is not a fault: /));
});
