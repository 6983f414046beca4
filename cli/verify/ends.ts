import {
  RecordActivityTaskHeartbeatCommand,
  RespondActivityTaskCanceledCommand,
  TerminateWorkflowExecutionCommand,
} from '@aws-sdk/client-swf';

import { cancelTask, type HeldTask } from '../../operator/swf-tasks.ts';
import { assertSeen, type Check } from './check.ts';
import { assertAnswer, assertRecorded, type Meanings } from './outcome.ts';
import type { Scene } from './scene.ts';
import { sendSigned } from './signed-heartbeat.ts';

/** Whether a cancel request reaches the worker and stays, and what SWF says about a closed task. */
export const END_CHECKS: readonly Check[] = [
  { name: 'cancel', needs: ['heartbeat'], act: cancelComesBack },
  { name: 'again', needs: ['cancel'], act: cancelStays },
  { name: 'canceled', needs: ['cancel'], act: canceledTaskIsClosed },
  { name: 'closed run', needs: ['heartbeat'], act: closedRunIsClosed },
];

const HEARTBEATS_AFTER_CANCEL = 3;

const CLOSED: Meanings = {
  RelayMisconfigured: 'SWF says neither "Unknown activity" nor "Unknown execution" about a closed task',
};

async function cancelComesBack(scene: Scene): Promise<string> {
  await requestCancel(scene);
  assertRecorded(await scene.heartbeat(await scene.task('main')), true);
  return 'the decider requested a cancellation, and the next heartbeat says true';
}

/** Asks SWF itself: the relay would answer `true` from its memory, whatever SWF says. */
async function cancelStays(scene: Scene): Promise<string> {
  await requestCancel(scene);
  const { taskToken, taskId } = await scene.task('main');
  for (let count = 0; count < HEARTBEATS_AFTER_CANCEL; count += 1) {
    const { cancelRequested } = await scene.parts.swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    assertSeen(cancelRequested === true, 'SWF withdrew the cancel request; the relay still says true');
  }
  const { body } = await scene.find(taskId);
  assertSeen(body['cancelRequested'] === true, 'the relay did not store the cancel request');
  return `after a second request SWF itself says true ${HEARTBEATS_AFTER_CANCEL} more times, and the relay has stored it`;
}

async function requestCancel(scene: Scene): Promise<void> {
  const { activityId, workflowId } = await scene.task('main');
  await cancelTask(scene.parts.swf, { domain: scene.domainName, activityId, workflowId });
}

async function canceledTaskIsClosed(scene: Scene): Promise<string> {
  const task = await scene.task('main');
  await scene.parts.swf.send(new RespondActivityTaskCanceledCommand({ taskToken: task.taskToken }));
  return `the poller reported the task canceled; ${await seeClosed(scene, task, 'Unknown activity')}`;
}

async function closedRunIsClosed(scene: Scene): Promise<string> {
  const task = await scene.task('run');
  const { workflowId, runId } = task;
  await scene.parts.swf.send(new TerminateWorkflowExecutionCommand({ domain: scene.domainName, workflowId, runId }));
  return `the workflow execution was terminated; ${await seeClosed(scene, task, 'Unknown execution')}`;
}

/** Sends a late heartbeat in both formats. The AWS format has SWF's own words. */
export async function seeClosed(scene: Scene, task: HeldTask, words: string): Promise<string> {
  assertAnswer(await scene.heartbeat(task), 410, 'TaskNotOpen', CLOSED);
  const outcome = await sendSigned(scene, task.taskToken, 'root');
  const seen = outcome.kind === 'fault' ? `${outcome.name}: ${outcome.message}` : 'no fault';
  assertSeen(seen.startsWith(`UnknownResourceFault: ${words}`), `SWF says "${seen}", not "${words} …"`);
  return `a late heartbeat gets 410, and SWF says "${words} …"`;
}
