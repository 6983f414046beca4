import type { StartedTask } from '../../local/held-tasks.ts';
import { cancelTask, completeTask } from '../../local/tasks.ts';
import type { Terminal } from '../terminal.ts';
import { findStartedTask } from './find.ts';
import { openScene, type TaskScene } from './scene.ts';
import { toJson } from '../json.ts';

export interface EndOptions {
  readonly domain?: string;
  readonly output: 'text' | 'json';
  readonly state: string;
}

export async function cancel(id: string | undefined, options: EndOptions, terminal: Terminal): Promise<void> {
  await end(id, options, terminal, 'cancel requested', async ({ swf }, task) => cancelTask(swf, task));
}

export async function complete(id: string | undefined, options: EndOptions, terminal: Terminal): Promise<void> {
  await end(id, options, terminal, 'completed', async ({ swf }, task) => completeTask(swf, task, task.taskToken));
}

async function end(
  id: string | undefined,
  { domain, output, state }: EndOptions,
  terminal: Terminal,
  outcome: string,
  act: (scene: TaskScene, task: StartedTask) => Promise<void>,
): Promise<void> {
  const scene = openScene(state);
  const task = await findStartedTask(scene, id, domain ?? scene.connection.domain);
  await act(scene, task);
  const { workflowId, activityId, taskId } = task;
  const json = toJson({ outcome, domain: task.domain, workflowId, activityId, taskId });
  await terminal.print(output === 'json' ? `${json}\n` : `${outcome}: ${task.domain} ${workflowId}/${activityId}\n`);
}
