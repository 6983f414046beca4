import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEndRows } from '../../../lambda/aws/task-ends-table.ts';
import { createFindTaskState, createRemember } from '../../../lambda/aws/task-states-table.ts';
import { toEnd, toEndHash } from '../../../lambda/tasks/ends/end.ts';
import type { EndRows } from '../../../lambda/tasks/ends/end-rows.ts';
import { parseTaskToken, toTaskId } from '../../../lambda/tasks/heartbeat.ts';
import { ROW_TTL_SECONDS, type TaskKey } from '../../../lambda/tasks/task-state.ts';
import { createEndRowsModel } from '../tasks/ends/end-rows-model.ts';
import { NOW } from '../workers/worker-key-records.ts';
import { aTable } from './dynamodb-table.ts';
import { aDeadline } from './fake-aws-server.ts';

const table = aTable('states', 'domain', 'taskId');

const openRows = (): EndRows =>
  createEndRows({ client: table.client(), onceOnly: table.client() }, 'states', () => NOW);

let tasks = 0;
function aTask(): TaskKey {
  tasks += 1;
  return { domain: 'orders', taskId: toTaskId(parseTaskToken({ taskToken: `token ${tasks}` })) };
}

const hashOf = (result: string) => toEndHash(toEnd('complete', { taskToken: 'x', result }));

const find = async (task: TaskKey, nowMs = NOW) =>
  createFindTaskState(table.client(), 'states', () => nowMs)(task, aDeadline());

const finished = { ended: { hash: hashOf('a'), outcome: 'completed' }, observedAtMs: NOW } as const;

it('does what the model of the tests does', async () => {
  const step = fc.record({ what: fc.constantFrom('begin', 'release', 'find'), end: fc.constantFrom('a', 'b', 'c') });
  const steps = fc.tuple(fc.array(step, { maxLength: 8 }), fc.boolean(), fc.array(step, { maxLength: 3 }));
  const property = fc.asyncProperty(steps, async ([before, isFinished, after]) => {
    const task = aTask();
    const both = [openRows(), createEndRowsModel({ rows: new Map() })];
    const slots = new Map<string, string>();
    const play = async (rows: EndRows, what: string, end: string): Promise<unknown> => {
      const hash = hashOf(end);
      if (what === 'find') return rows.find(task, aDeadline());
      if (what === 'release') return rows.release(task, { hash, slot: slots.get(end) ?? hash }, aDeadline());
      const begun = await rows.begin(task, hash, aDeadline());
      if (begun.kind === 'closing') slots.set(end, begun.slot);
      return begun;
    };
    const playAll = async (list: typeof before): Promise<void> => {
      for (const { what, end } of list) {
        const [real, model] = await Promise.all(both.map(async (rows) => play(rows, what, end)));
        expect(real).toEqual(model);
      }
    };
    await playAll(before);
    if (!isFinished) return;
    for (const rows of both) await rows.finish(task, finished, aDeadline());
    await playAll(after);
  });
  await fc.assert(property, { numRuns: 15 });
});

it('counts 20 different ends, and the rest together', async () => {
  const task = aTask();
  const rows = openRows();
  const slots: string[] = [];
  for (let end = 0; end < 23; end += 1) {
    const begun = await rows.begin(task, hashOf(String(end)), aDeadline());
    slots.push(begun.kind === 'closing' ? begun.slot : 'ended');
  }
  expect(new Set(slots).size).toBe(21);
  expect(slots.slice(20)).toEqual(['other', 'other', 'other']);
  expect(await rows.begin(task, hashOf('3'), aDeadline())).toEqual({ kind: 'closing', slot: hashOf('3') });
  const hash = hashOf('22');
  expect(await rows.release(task, { hash, slot: 'other' }, aDeadline())).toEqual({
    kind: 'closing',
    hasUnanswered: true,
  });
});

describe('a row', () => {
  it('that counts attempts alone is none to look at, and closes for nobody', async () => {
    const task = aTask();
    await openRows().begin(task, hashOf('a'), aDeadline());
    expect(await find(task)).toBeUndefined();
    await createRemember(table.client(), 'states')(
      task,
      { kind: 'closed', text: 'Unknown activity', observedAtMs: NOW },
      aDeadline(),
    );
    expect(await find(task)).toBeUndefined();
  });

  it('keeps what heartbeats stored, and lasts 30 days from the end', async () => {
    const task = aTask();
    const remember = createRemember(table.client(), 'states');
    const times = { startedAtMs: NOW - 60_000, observedAtMs: NOW - 60_000 };
    await remember(task, { kind: 'accepted', cancelRequested: true, ...times }, aDeadline());
    await openRows().finish(task, finished, aDeadline());
    const closed = { state: 'closed', cancelRequested: true, observedAtMs: NOW, outcome: 'completed' };
    expect(await find(task)).toEqual(closed);
    expect(await find(task, NOW + ROW_TTL_SECONDS * 1000 - 1)).toEqual(closed);
    expect(await find(task, NOW + ROW_TTL_SECONDS * 1000)).toBeUndefined();
  });

  it('stays ended after a heartbeat of a container whose clock is ahead', async () => {
    const task = aTask();
    await openRows().finish(task, finished, aDeadline());
    const ahead = { startedAtMs: NOW + 60_000, observedAtMs: NOW + 60_000 };
    await createRemember(table.client(), 'states')(
      task,
      { kind: 'accepted', cancelRequested: false, ...ahead },
      aDeadline(),
    );
    expect(await find(task)).toMatchObject({ state: 'closed', outcome: 'completed' });
    expect(await openRows().begin(task, hashOf('b'), aDeadline())).toMatchObject({ kind: 'ended' });
  });

  it('learns SWF’s words about a task that has ended', async () => {
    const task = aTask();
    await openRows().finish(task, finished, aDeadline());
    const text = 'Unknown activity, scheduledEventId = 5';
    await createRemember(table.client(), 'states')(task, { kind: 'closed', text, observedAtMs: NOW + 1 }, aDeadline());
    expect(await openRows().find(task, aDeadline())).toEqual({ ...finished.ended, closedText: text });
  });
});
