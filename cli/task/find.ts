import { readStartedTasks, type StartedTask } from '../../local/held-tasks.ts';
import { listOpenTasks, type OpenTask } from '../../local/open-tasks.ts';
import { UsageError } from '../../operator/usage-error.ts';
import type { TaskScene } from './scene.ts';

/** An open task was not started on this machine, so its token is not known here. */
export class TokenUnknownError extends Error {
  override readonly name = 'TokenUnknownError';
}

/**
 * Finds an open task, and its token.
 *
 * @param id a task id or workflow id; the newest task of the domain that was started here if undefined.
 * @throws UsageError if no open task has the id; TokenUnknownError if another poller holds the task.
 */
export async function findStartedTask(
  { connection, stateFolder }: TaskScene,
  id: string | undefined,
  domain: string,
): Promise<StartedTask> {
  const open = await listOpenTasks(connection);
  const started = readStartedTasks(stateFolder).filter((task) => open.some((other) => isSame(task, other)));
  const found = started.find((task) =>
    id === undefined ? task.domain === domain : task.taskId === id || task.workflowId === id,
  );
  if (found !== undefined) return found;
  if (id === undefined) throw new UsageError(`no open task in ${domain}: npm run task -- start --domain ${domain}`);
  if (open.some((task) => task.taskId === id || task.workflowId === id)) {
    throw new TokenUnknownError(`the task ${id} was not started by this command, so its token is not known here`);
  }
  throw new UsageError(`no open task has the id ${id}: npm run task -- list`);
}

const isSame = (started: StartedTask, open: OpenTask): boolean =>
  started.domain === open.domain && started.runId === open.runId && started.activityId === open.activityId;
