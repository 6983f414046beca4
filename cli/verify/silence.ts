import { setTimeout as wait } from 'node:timers/promises';

import { GetWorkflowExecutionHistoryCommand } from '@aws-sdk/client-swf';

import type { HeldTask } from '../../operator/swf-tasks.ts';
import { assertSeen, type Check } from './check.ts';
import { assertRecorded } from './outcome.ts';
import type { Scene } from './scene.ts';

/** Whether beats keep a task alive, silence ends it, and what SWF then tells of the last beat. */
export const SILENCE_CHECK: Check = { name: 'silence', needs: ['beat'], act: silenceEndsTask };

const HEARTBEAT_TIMEOUT_SECONDS = 5;
const SEEN_WITHIN_MS = 20_000;
const LOOK_AGAIN_MS = 500;
const DETAILS = 'half way ✓';

/** The second beat has no details: that SWF then keeps the earlier ones is an assumption, and only the local SWF's. */
async function silenceEndsTask(scene: Scene): Promise<string> {
  const task = await scene.task('silent', HEARTBEAT_TIMEOUT_SECONDS);
  assertRecorded(await scene.beat(task, DETAILS), false);
  assertRecorded(await scene.beat(task), false);
  const { timeoutType, details } = await findTimeout(scene, task);
  assertSeen(timeoutType === 'HEARTBEAT', `a timeout of the kind ${timeoutType ?? 'none'}`);
  assertSeen(details !== undefined, 'after a beat without details SWF had forgotten those of the beat before');
  assertSeen(details === DETAILS, 'the details in its history are not those that were sent');
  return `after ${HEARTBEAT_TIMEOUT_SECONDS} s SWF timed the task out, and had kept the last details that were sent`;
}

async function findTimeout({ parts: { swf, signal }, domainName }: Scene, { workflowId, runId }: HeldTask) {
  const command = new GetWorkflowExecutionHistoryCommand({
    domain: domainName,
    execution: { workflowId, runId },
    reverseOrder: true,
  });
  const endsAtMs = Date.now() + SEEN_WITHIN_MS;
  while (Date.now() < endsAtMs) {
    const { events = [] } = await swf.send(command);
    const timedOut = events.find(({ eventType }) => eventType === 'ActivityTaskTimedOut');
    if (timedOut !== undefined) return { ...timedOut.activityTaskTimedOutEventAttributes };
    await wait(LOOK_AGAIN_MS, undefined, { signal });
  }
  return { timeoutType: undefined, details: undefined };
}
