import {
  RecordActivityTaskHeartbeatCommand,
  RespondActivityTaskCanceledCommand,
  TerminateWorkflowExecutionCommand,
} from '@aws-sdk/client-swf';

import { cancelTask, type HeldTask } from '../../operator/swf-tasks.ts';
import { assertSeen, type Check } from './check.ts';
import { assertAnswer, assertRecorded, type Meanings } from './outcome.ts';
import type { Scene } from './scene.ts';
import { beatSigned } from './signed-beat.ts';

/** Whether a cancel request reaches the worker and stays, and how SWF words it that a task is over. */
export const END_CHECKS: readonly Check[] = [
  { name: 'cancel', needs: ['beat'], act: cancelComesBack },
  { name: 'again', needs: ['cancel'], act: cancelStays },
  { name: 'canceled', needs: ['cancel'], act: canceledTaskIsClosed },
  { name: 'closed run', needs: ['beat'], act: closedRunIsClosed },
];

const BEATS_AFTER_CANCEL = 3;

const CLOSED: Meanings = {
  RelayMisconfigured: "SWF's words for a closed task begin neither with Unknown activity nor with Unknown execution",
};

async function cancelComesBack(scene: Scene): Promise<string> {
  await requestCancel(scene);
  assertRecorded(await scene.beat(await scene.task('main')), true);
  return 'the decider asked SWF to cancel, the next beat says true';
}

/** At SWF itself: the relay would say `true` from its memory, whatever SWF says. */
async function cancelStays(scene: Scene): Promise<string> {
  await requestCancel(scene);
  const { taskToken, taskId } = await scene.task('main');
  for (let beats = 0; beats < BEATS_AFTER_CANCEL; beats += 1) {
    const { cancelRequested } = await scene.parts.swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    assertSeen(cancelRequested === true, 'SWF took the cancel request back; the relay goes on saying true');
  }
  const { body } = await scene.find(taskId);
  assertSeen(body['cancelRequested'] === true, 'the relay did not store the cancel request');
  return `asked a second time, SWF itself says true ${BEATS_AFTER_CANCEL} times more; the relay has stored it`;
}

async function requestCancel(scene: Scene): Promise<void> {
  const { activityId, workflowId } = await scene.task('main');
  await cancelTask(scene.parts.swf, { domain: scene.domainName, activityId, workflowId });
}

async function canceledTaskIsClosed(scene: Scene): Promise<string> {
  const task = await scene.task('main');
  await scene.parts.swf.send(new RespondActivityTaskCanceledCommand({ taskToken: task.taskToken }));
  return `the poller answered canceled; ${await seeClosed(scene, task, 'Unknown activity')}`;
}

async function closedRunIsClosed(scene: Scene): Promise<string> {
  const task = await scene.task('run');
  const { workflowId, runId } = task;
  await scene.parts.swf.send(new TerminateWorkflowExecutionCommand({ domain: scene.domainName, workflowId, runId }));
  return `the workflow execution was terminated; ${await seeClosed(scene, task, 'Unknown execution')}`;
}

/** A late beat, in both forms. AWS's has SWF's own words. */
export async function seeClosed(scene: Scene, task: HeldTask, words: string): Promise<string> {
  assertAnswer(await scene.beat(task), 410, 'TaskNotOpen', CLOSED);
  const outcome = await beatSigned(scene, task.taskToken, 'root');
  const seen = outcome.kind === 'fault' ? `${outcome.name}: ${outcome.message}` : 'no fault';
  assertSeen(seen.startsWith(`UnknownResourceFault: ${words}`), `SWF's words for it are "${seen}", not "${words} …"`);
  return `a late beat is 410, in SWF's words "${words} …"`;
}
