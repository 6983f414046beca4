import {
  GetWorkflowExecutionHistoryCommand,
  type HistoryEvent,
  RecordActivityTaskHeartbeatCommand,
  RespondActivityTaskCanceledCommand,
  RespondActivityTaskCompletedCommand,
  RespondActivityTaskFailedCommand,
  SWFClient,
} from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATIONS } from '../../lambda/environment/environment.ts';
import { cancelTask, type HeldTask, startTask } from '../../local/tasks.ts';
import { issueKey } from '../../operator/issue.ts';
import { decide } from '../../operator/swf-tasks.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';

let a: AStack;
/** May do everything in `orders`, as the settings of the stage `dev` do. */
let worker: Worker;
let sdk: SWFClient;

const REQUEST = { label: 'test', domains: ['orders'], expiresAtMs: null };

beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  const key = await issueKey(a.target, { ...REQUEST, operations: OPERATIONS }, Date.now());
  worker = new Worker(a.stack.relayUrl, key);
  const credentials = { accessKeyId: key.keyId, secretAccessKey: key.secret };
  sdk = new SWFClient({ endpoint: `${a.stack.relayUrl}/domains/orders`, region: a.stack.region, credentials });
});
afterAll(async () => {
  sdk.destroy();
  await a.close();
});

const AN_ID: unknown = expect.any(Number);

const ENDS = [
  {
    end: 'complete',
    path: 'completions',
    outcome: 'completed',
    payload: { result: '12 pages' },
    event: { eventType: 'ActivityTaskCompleted', attributes: { result: '12 pages' } },
    toCommand: (taskToken: string) => new RespondActivityTaskCompletedCommand({ taskToken, result: '12 pages' }),
  },
  {
    end: 'fail',
    path: 'failures',
    outcome: 'failed',
    payload: { reason: 'paper jam', details: 'tray 2' },
    event: { eventType: 'ActivityTaskFailed', attributes: { reason: 'paper jam', details: 'tray 2' } },
    toCommand: (taskToken: string) =>
      new RespondActivityTaskFailedCommand({ taskToken, reason: 'paper jam', details: 'tray 2' }),
  },
  {
    end: 'cancel',
    path: 'cancellations',
    outcome: 'canceled',
    payload: { details: 'stopped at page 3' },
    event: {
      eventType: 'ActivityTaskCanceled',
      attributes: { details: 'stopped at page 3', latestCancelRequestedEventId: AN_ID },
    },
    toCommand: (taskToken: string) =>
      new RespondActivityTaskCanceledCommand({ taskToken, details: 'stopped at page 3' }),
  },
] as const;

async function historyOf({ workflowId, runId }: HeldTask): Promise<HistoryEvent[]> {
  const execution = { workflowId, runId };
  const { events = [] } = await a.swf.send(new GetWorkflowExecutionHistoryCommand({ domain: 'orders', execution }));
  return events;
}

/** The event that ended the task, and that the decider goes on. */
async function expectEnded(task: HeldTask, { eventType, attributes }: (typeof ENDS)[number]['event']): Promise<void> {
  const event = (await historyOf(task)).find((each) => each.eventType === eventType);
  const found =
    event?.activityTaskCompletedEventAttributes ??
    event?.activityTaskFailedEventAttributes ??
    event?.activityTaskCanceledEventAttributes;
  expect(found).toMatchObject(attributes);
  await decide(a.swf, 'orders', task.workflowId, { decisionType: 'CompleteWorkflowExecution' });
  expect((await historyOf(task)).at(-1)?.eventType).toBe('WorkflowExecutionCompleted');
}

describe.each(ENDS)('a worker without AWS keys can $end a task', (given) => {
  const { end, path, outcome, payload, event, toCommand } = given;

  async function aTask(isCanceled: boolean): Promise<HeldTask> {
    const task = await startTask(a.swf, 'orders');
    if (isCanceled) await cancelTask(a.swf, { ...task, domain: 'orders' });
    return task;
  }

  it('natively, and SWF’s history and the decider see it', async () => {
    const task = await aTask(end === 'cancel');
    const { taskToken, taskId } = task;
    const { body } = await worker.heartbeatAgain('orders', taskToken);
    expect(body).toMatchObject({ cancelRequested: end === 'cancel' });
    const closed = { status: 200, body: { taskId, state: 'closed', outcome } };
    expect(await worker.post('orders', path, { taskToken, ...payload })).toEqual(closed);
    expect(await worker.post('orders', path, { taskToken, ...payload })).toEqual(closed);
    await expectEnded(task, event);
    expect(await worker.findTask('orders', taskToken)).toMatchObject({ body: { state: 'closed', outcome } });
    expect(await worker.heartbeat('orders', taskToken)).toMatchObject({ status: 410, body: { code: 'TaskNotOpen' } });
  });

  it('with AWS’s own SDK', async () => {
    const task = await aTask(end === 'cancel');
    const { taskToken } = task;
    const { cancelRequested } = await sdk.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    expect(cancelRequested).toBe(end === 'cancel');
    for (let time = 0; time < 2; time += 1) {
      const { $metadata, ...answer } = await sdk.send(toCommand(taskToken));
      expect({ status: $metadata.httpStatusCode, attempts: $metadata.attempts, answer }).toEqual({
        status: 200,
        attempts: 1,
        answer: {},
      });
    }
    await expectEnded(task, event);
    const late = sdk.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    await expect(late).rejects.toThrow(/^Unknown (?:activity|execution)/);
  });
});
