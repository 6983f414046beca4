import { z } from 'zod';

import { ensureWorkerKey, startConnectedTask } from '../bootstrap.ts';
import { readStartedTasks, type StartedTask } from '../held-tasks.ts';
import { cancelTask, completeTask, endTaskAsCanceled } from '../tasks.ts';
import type { ConsoleScene } from './scene.ts';
import { sendHeartbeat } from './send-heartbeat.ts';

/** A button cannot do what it says, for a reason that its user can read. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
}

const TASK = z.strictObject({ taskId: z.string() });
const START = z.strictObject({
  domain: z.string(),
  heartbeatTimeoutSeconds: z.int('The heartbeat timeout is a whole number of seconds.').min(1).max(99_999_999),
});
const HEARTBEAT = TASK.extend({ details: z.string().max(2_048, 'Details have at most 2048 characters.') });
const FAULTS = z.strictObject({ rules: z.array(z.string()) });

/** Does something, and says what came of it. */
type Action = (scene: ConsoleScene, body: unknown) => Promise<string>;

/** What the page can ask for, by path. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['/actions/start', start],
  ['/actions/heartbeat', heartbeat],
  ['/actions/cancel', cancel],
  ['/actions/end-as-canceled', endAsCanceled],
  ['/actions/complete', complete],
  ['/actions/faults', setFaults],
]);

async function start(scene: ConsoleScene, body: unknown): Promise<string> {
  const { domain, heartbeatTimeoutSeconds } = START.parse(body);
  if (!scene.domains.includes(domain)) throw new ActionError('The stack does not declare this domain.');
  const { swf, stateFolder, connection, operator } = scene;
  const { workflowId } = await startConnectedTask(swf, stateFolder, connection, { domain, heartbeatTimeoutSeconds });
  await ensureWorkerKey(stateFolder, { ...connection, operator }, domain);
  return `Started ${workflowId} in ${domain}.`;
}

async function heartbeat(scene: ConsoleScene, body: unknown): Promise<string> {
  const { taskId, details } = HEARTBEAT.parse(body);
  const task = findTask(scene, taskId);
  const { status, text } = await sendHeartbeat(scene, task, details);
  const said = `Heartbeat of ${task.workflowId}: ${text}.`;
  if (status !== 200) throw new ActionError(said);
  return said;
}

async function cancel(scene: ConsoleScene, body: unknown): Promise<string> {
  const task = findTask(scene, TASK.parse(body).taskId);
  await cancelTask(scene.swf, task);
  return `Requested the cancellation of ${task.workflowId}. The next heartbeat that SWF records says so.`;
}

async function endAsCanceled(scene: ConsoleScene, body: unknown): Promise<string> {
  const task = findTask(scene, TASK.parse(body).taskId);
  await endTaskAsCanceled(scene.swf, task, task.taskToken);
  return `Ended ${task.workflowId} as canceled.`;
}

async function complete(scene: ConsoleScene, body: unknown): Promise<string> {
  const task = findTask(scene, TASK.parse(body).taskId);
  await completeTask(scene.swf, task, task.taskToken);
  return `Completed ${task.workflowId}.`;
}

async function setFaults({ setFaults: set }: ConsoleScene, body: unknown): Promise<string> {
  const { rules } = FAULTS.parse(body);
  set(rules);
  return rules.length === 0 ? 'Removed every fault.' : `Set ${rules.join(' ')}.`;
}

function findTask({ stateFolder }: ConsoleScene, taskId: string): StartedTask {
  const task = readStartedTasks(stateFolder).find((started) => started.taskId === taskId);
  if (task === undefined) throw new ActionError('The token of this task is not known on this machine.');
  return task;
}
