import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readConnection } from '../../local/connection.ts';
import { aRefusal, aSuccess } from './a-line.ts';
import { type Ended, runNode } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const task = (...args: string[]): Promise<Ended> => runNode(['local/task.ts', ...args, '--state', a.statePath]);
const faults = (...rules: string[]): Promise<Ended> =>
  runNode(['local/set-faults.ts', ...rules, '--state', a.statePath]);
const tokenOfSteps = (): string => readConnection(a.statePath).task.taskToken;

describe('npm run task', () => {
  it('cancel makes the next beat say so', async () => {
    const taskToken = tokenOfSteps();
    expect(await a.worker.beat('orders', taskToken)).toMatchObject({ body: { cancelRequested: false } });
    expect(await task('cancel')).toEqual(aSuccess(/^cancel requested: orders print-[0-9a-f]{8}\/press-1\n$/));
    expect(await a.worker.beat('orders', taskToken)).toMatchObject({
      status: 200,
      body: { cancelRequested: true, forwarded: true },
    });
    expect(await task('list')).toEqual(aSuccess(/^orders print-\S+\/press-1, cancel requested$/m));
  });

  it('complete closes the task for whoever beats or asks', async () => {
    const taskToken = tokenOfSteps();
    await a.worker.beat('orders', taskToken);
    expect(await task('complete')).toEqual(aSuccess(/^completed orders print-/));
    expect(await a.worker.beat('orders', taskToken)).toMatchObject({ status: 410, body: { code: 'TaskNotOpen' } });
    expect(await a.worker.findTask('orders', taskToken)).toMatchObject({ status: 200, body: { state: 'closed' } });
    const nothingOpen = aRefusal(/^no open task in orders: npm run task -- start --domain orders$/);
    expect(await task('cancel')).toEqual(nothingOpen);
    expect(await task('complete')).toEqual(nothingOpen);
    expect((await task('list')).stdout).toMatch(/^billing print-\S+\n$/);
  });

  it('start makes another task the one of the printed steps', async () => {
    const before = tokenOfSteps();
    expect(await task('start')).toEqual(aSuccess(/^started orders print-/));
    const taskToken = tokenOfSteps();
    expect(taskToken).not.toBe(before);
    expect(await a.worker.beat('orders', taskToken)).toMatchObject({ status: 200, body: { cancelRequested: false } });
  });

  it('--domain names the domain', async () => {
    expect(await task('complete', '--domain', 'billing')).toEqual(aSuccess(/^completed billing print-/));
    expect((await task('list')).stdout).not.toMatch(/^billing/m);
    expect(await task('start', '--domain', 'billing')).toEqual(aSuccess(/^started billing print-/));
    expect(await task('list')).toEqual(aSuccess(/^billing print-/m));
  });

  it.concurrent.each([
    { given: 'no action', args: [], says: /^say what to do: .*start\|list\|cancel\|complete/ },
    { given: 'an unknown action', args: ['pause'], says: /^say what to do/ },
    { given: 'an action too many', args: ['start', 'list'], says: /^say what to do/ },
    { given: 'an unknown option', args: ['list', '--colour'], says: /^Unknown option '--colour'/ },
    { given: 'a domain without tasks', args: ['cancel', '--domain', 'nowhere'], says: /^no open task in nowhere/ },
  ])('refuses $given', async ({ args, says }) => {
    expect(await task(...args)).toEqual(aRefusal(says));
  });

  it('needs a running stack', async () => {
    const nowhere = `${a.statePath}-not-there`;
    const ended = await runNode(['local/task.ts', 'list', '--state', nowhere]);
    expect(ended).toEqual(aRefusal(/^no local stack runs on .*: start one with npm start$/, 1));
  });
});

describe('npm run faults', () => {
  it('makes SWF fail until it is cleared', async () => {
    await task('start');
    const taskToken = tokenOfSteps();
    expect(await faults('swf=error')).toEqual(aSuccess(/^faults: swf=error\n$/));
    expect(await a.worker.beat('orders', taskToken)).toMatchObject({ status: 503, body: { code: 'SwfUnavailable' } });
    expect(await faults('clear')).toEqual(aSuccess(/^no faults\n$/));
    expect(await a.worker.beat('orders', taskToken)).toMatchObject({ status: 200, body: { forwarded: true } });
  });

  it.each([
    { given: 'nothing', rules: [], says: /^name faults/ },
    { given: 'nonsense', rules: ['swf=nonsense'], says: /^"swf=nonsense" is not a fault/ },
    { given: 'a wrong rule beside a right one', rules: ['swf=error', 'clear'], says: /^"clear" is not a fault/ },
  ])('refuses $given, and changes nothing', async ({ rules, says }) => {
    expect(await faults(...rules)).toEqual(aRefusal(says));
    expect(await a.worker.beat('orders', tokenOfSteps())).toMatchObject({ status: 200, body: { forwarded: true } });
  });
});
