import type { Decision, SWFClient } from '@aws-sdk/client-swf';

import { type HeldTask, planTrial } from '../../local/tasks.ts';
import { decide, startRun, takeTask, toCancellation, toScheduling, wakeToDecide } from '../../operator/swf-tasks.ts';

/** SWF takes so many decisions at once (SWF API Reference, RespondDecisionTaskCompleted). */
const DECISIONS_MAX = 100;

/** Takes many tasks of a domain. They belong to few workflows, so each task costs one call to SWF. */
export async function startTasks(swf: SWFClient, domain: string, count: number): Promise<readonly HeldTask[]> {
  const counts: number[] = [];
  for (let left = count; left > 0; left -= DECISIONS_MAX) counts.push(Math.min(left, DECISIONS_MAX));
  return (await Promise.all(counts.map((some) => startInOneRun(swf, domain, some)))).flat();
}

/** Requests the cancellation of all tasks, as the decider of their workflow. */
export async function cancelAll(swf: SWFClient, domain: string, tasks: readonly HeldTask[]): Promise<void> {
  await decideForEachRun(swf, domain, tasks, (some) => some.map(({ activityId }) => toCancellation(activityId)));
}

/** Completes the workflows of the tasks, which closes the tasks, too. */
export async function closeAll(swf: SWFClient, domain: string, tasks: readonly HeldTask[]): Promise<void> {
  await decideForEachRun(swf, domain, tasks, () => [{ decisionType: 'CompleteWorkflowExecution' }]);
}

async function decideForEachRun(
  swf: SWFClient,
  domain: string,
  tasks: readonly HeldTask[],
  toDecisions: (ofRun: readonly HeldTask[]) => Decision[],
): Promise<void> {
  const runs = [...Map.groupBy(tasks, ({ workflowId }) => workflowId)];
  await Promise.all(
    runs.map(([workflowId, some]) => wakeToDecide(swf, { domain, workflowId }, 'decide', ...toDecisions(some))),
  );
}

async function startInOneRun(swf: SWFClient, domain: string, count: number): Promise<readonly HeldTask[]> {
  const plan = planTrial(domain);
  const runId = await startRun(swf, plan);
  const decisions = Array.from({ length: count }, (_, index) =>
    toScheduling({ ...plan, activityId: `press-${index + 1}` }),
  );
  await decide(swf, domain, plan.workflowId, ...decisions);
  return Promise.all(decisions.map(() => takeTask(swf, plan, runId)));
}
