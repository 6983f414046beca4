import { z } from 'zod';

import type { HeldTask } from '../operator/swf-tasks.ts';
import type { StateFolder } from './state-folder.ts';

/** A task that was started on this machine, so its token is known. */
export interface StartedTask extends HeldTask {
  readonly domain: string;
}

/** In the state folder, mode 0600. Together with the heartbeat files, the only place for task tokens. */
export const TASKS_FILE = 'tasks.json';

/** Tokens of closed tasks are of no use, so the oldest make room. */
const MAX_TASKS = 1_000;

const TASKS = z.array(
  z.object({
    domain: z.string(),
    taskToken: z.string(),
    taskId: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    activityId: z.string(),
  }),
);

/** The newest first. A damaged file counts as empty: what it was about is started again. */
export function readStartedTasks(stateFolder: StateFolder): readonly StartedTask[] {
  return TASKS.safeParse(parseJson(stateFolder.read(TASKS_FILE) ?? '[]')).data ?? [];
}

export function storeStartedTask(stateFolder: StateFolder, task: StartedTask): void {
  const tasks = [task, ...readStartedTasks(stateFolder)].slice(0, MAX_TASKS);
  stateFolder.write(TASKS_FILE, `${JSON.stringify(tasks)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
