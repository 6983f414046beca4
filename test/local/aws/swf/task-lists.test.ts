import { beforeEach, describe, expect, it } from 'vitest';
import { ClockedSwf } from './moved-clock.ts';

let swf: ClockedSwf;
let runId: string;
beforeEach(async () => {
  swf = new ClockedSwf();
  await swf.prepare();
  runId = await swf.start('w', { taskStartToCloseTimeout: '60' });
});

const TEMPORARY = { taskList: { name: 'other' }, taskListScheduleToStartTimeout: '10' };
const PERMANENT = { taskList: { name: 'other' } };

/** Takes the decision task from a task list. */
async function take(taskList: string): Promise<string> {
  const task = await swf.call('PollForDecisionTask', { domain: 'orders', taskList: { name: taskList } });
  return String(task?.['taskToken']);
}

const respond = (taskToken: string, over: object = {}) =>
  swf.call('RespondDecisionTaskCompleted', { taskToken, ...over });

const signal = () => swf.call('SignalWorkflowExecution', { domain: 'orders', workflowId: 'w', signalName: 'go' });

/** The task list and the timeout in each DecisionTaskScheduled event. */
async function scheduled(): Promise<unknown[]> {
  const text = JSON.stringify(await swf.events(runId));
  const found = text.matchAll(/"decisionTaskScheduledEventAttributes":(?<attributes>\{.*?\}[^}]*\})/g);
  return Array.from(found, ({ groups }) => JSON.parse(groups?.['attributes'] ?? 'null') as unknown);
}

const on = (name: string, scheduleToStartTimeout: string) => ({
  taskList: { name },
  startToCloseTimeout: '60',
  scheduleToStartTimeout,
});

describe('scheduleToStartTimeout of DecisionTaskScheduled', () => {
  it('is NONE as long as nothing limits how long the decision task may wait', async () => {
    expect(await scheduled()).toEqual([on('list', 'NONE')]);
  });

  it('is the taskListScheduleToStartTimeout of the temporary task list', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    expect(await scheduled()).toEqual([on('list', 'NONE'), on('other', '10')]);
    expect(JSON.stringify(await swf.events(runId))).toContain(
      '"decisionTaskCompletedEventAttributes":{"scheduledEventId":2,"startedEventId":3,"taskList":{"name":"other"},"taskListScheduleToStartTimeout":"10"}',
    );
  });
});

describe('taskListScheduleToStartTimeout', () => {
  it('returns to the original task list if nobody takes the decision task in time', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    swf.after(10);
    expect(JSON.stringify(await swf.events(runId))).toContain(
      '"decisionTaskTimedOutEventAttributes":{"timeoutType":"SCHEDULE_TO_START","scheduledEventId":6,"startedEventId":0}',
    );
    expect((await scheduled()).at(-1)).toEqual(on('list', 'NONE'));
    await respond(await take('list'));
  });

  it('returns to the original task list if the decider takes the task in time, but does not answer in time', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    swf.after(9.999);
    await take('other');
    swf.after(60);
    expect(JSON.stringify(await swf.events(runId))).toContain('"timeoutType":"START_TO_CLOSE"');
    expect((await scheduled()).at(-1)).toEqual(on('list', 'NONE'));
  });

  it('keeps the temporary task list as long as the decider is in time', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    await respond(await take('other'));
    await signal();
    expect((await scheduled()).at(-1)).toEqual(on('other', '10'));
  });

  it('returns to the first task list after two temporary ones', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    await respond(await take('other'), { ...TEMPORARY, taskList: { name: 'third' } });
    await signal();
    swf.after(10);
    expect((await scheduled()).at(-1)).toEqual(on('list', 'NONE'));
  });

  it('missing makes the override permanent', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    await respond(await take('other'), PERMANENT);
    await signal();
    swf.after(3000);
    expect((await scheduled()).at(-1)).toEqual(on('other', 'NONE'));
  });

  it('without a task list is refused', async () => {
    const taskToken = await take('list');
    await expect(respond(taskToken, { taskListScheduleToStartTimeout: '10' })).rejects.toThrow(
      'takes a taskListScheduleToStartTimeout only together with a taskList',
    );
    await respond(taskToken);
  });

  it('survives a restart', async () => {
    await respond(await take('list'), TEMPORARY);
    await signal();
    swf.restart();
    swf.after(10);
    expect((await scheduled()).at(-1)).toEqual(on('list', 'NONE'));
  });
});
