import { type Run } from './state.ts';

/**
 * Chooses the task list of the run's future decision tasks. A timeout makes the choice temporary (API model,
 * RespondDecisionTaskCompletedInput, taskListScheduleToStartTimeout). Without one, it is permanent.
 */
export function overrideTaskList(run: Run, taskList: string, scheduleToStartTimeout: string | undefined): void {
  const original = run.taskListOverride?.original ?? run.taskList;
  run.taskList = taskList;
  if (scheduleToStartTimeout === undefined) delete run.taskListOverride;
  else run.taskListOverride = { original, scheduleToStartTimeout };
}

/** Returns to the task list that the run had before a temporary one. */
export function revertTaskList(run: Run): void {
  if (run.taskListOverride === undefined) return;
  run.taskList = run.taskListOverride.original;
  delete run.taskListOverride;
}
