import { setTimeout as wait } from 'node:timers/promises';

import { GetWorkflowExecutionHistoryCommand } from '@aws-sdk/client-swf';

import type { HeldTask } from '../../operator/swf-tasks.ts';
import { assertSeen, type Check } from './check.ts';
import { assertRecorded } from './outcome.ts';
import type { Scene } from './scene.ts';

/** Whether silence ends a task, and what SWF then says about its last heartbeat. */
export const SILENCE_CHECK: Check = { name: 'silence', needs: ['heartbeat'], act: silenceEndsTask };

const HEARTBEAT_TIMEOUT_SECONDS = 5;
const SEEN_WITHIN_MS = 20_000;
const RETRY_MS = 500;
const DETAILS = 'half way ✓';

/**
 * The second heartbeat has no details. AWS does not say clearly what SWF then keeps, and the relay works with either.
 */
async function silenceEndsTask(scene: Scene): Promise<string> {
  const task = await scene.task('silent', HEARTBEAT_TIMEOUT_SECONDS);
  assertRecorded(await scene.heartbeat(task, DETAILS), false);
  assertRecorded(await scene.heartbeat(task), false);
  const { timeoutType, details } = await findTimeout(scene, task);
  assertSeen(timeoutType === 'HEARTBEAT', `a timeout of the type ${timeoutType ?? 'none'}`);
  return `SWF timed the task out after ${HEARTBEAT_TIMEOUT_SECONDS} s; ${describeDetails(details)}`;
}

/** @throws SomethingElseError unless SWF kept the details of the first heartbeat, or dropped them with the second. */
function describeDetails(details: string | undefined): string {
  if (details === undefined) return 'a heartbeat without details removes the earlier details';
  assertSeen(details === DETAILS, 'the details in its history are not the ones that were sent');
  return 'a heartbeat without details keeps the earlier details';
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
    await wait(RETRY_MS, undefined, { signal });
  }
  return { timeoutType: undefined, details: undefined };
}
