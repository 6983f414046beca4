import {
  RecordActivityTaskHeartbeatCommand,
  RespondActivityTaskCanceledCommand,
  TerminateWorkflowExecutionCommand,
} from '@aws-sdk/client-swf';

import { cancelTask, type HeldTask } from '../../operator/swf-tasks.ts';
import { assertSeen, type Check } from './check.ts';
import { assertAnswer, assertRecorded } from './outcome.ts';
import type { Scene } from './scene.ts';
import { sendSigned } from './signed-heartbeat.ts';
import { askSwf } from './swf-itself.ts';

/** Whether a cancel request reaches the worker and stays, and what SWF says about a closed task. */
export const END_CHECKS: readonly Check[] = [
  { name: 'cancel', needs: ['heartbeat'], act: cancelComesBack },
  { name: 'again', needs: ['heartbeat'], act: cancelStays },
  { name: 'canceled', needs: ['heartbeat'], act: canceledTaskIsClosed },
  { name: 'closed run', needs: ['heartbeat'], act: closedRunIsClosed },
  { name: 'signed closed', needs: ['canceled', 'signed root'], act: signedSaysClosed },
];

const HEARTBEATS_AFTER_CANCEL = 3;

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

/** Asks the relay and SWF itself, so that neither is quoted for the other. */
async function seeClosed(scene: Scene, task: HeldTask, words: string): Promise<string> {
  const said = await askSwf(scene, task.taskToken);
  assertSeen(said.startsWith(`UnknownResourceFault: ${words}`), `SWF itself says "${said}", not "${words} …"`);
  assertAnswer(await scene.heartbeat(task), 410, 'TaskNotOpen');
  return `a late heartbeat gets 410, and SWF itself says "${words} …"`;
}

/** AWS's clients stop on this fault alone. */
async function signedSaysClosed(scene: Scene): Promise<string> {
  const { taskToken } = await scene.task('main');
  const outcome = await sendSigned(scene, taskToken, 'root');
  const name = outcome.kind === 'fault' ? outcome.name : 'an answer';
  assertSeen(name === 'UnknownResourceFault', `the relay sends ${name} instead of UnknownResourceFault`);
  return "AWS's own client learns from the relay that the task is closed: UnknownResourceFault";
}
