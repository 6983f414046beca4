import { GetWorkflowExecutionHistoryCommand, type SWFClient } from '@aws-sdk/client-swf';

import type { StartedTask } from '../../local/held-tasks.ts';
import type { Datum } from '../../test/cloudwatch/alarm.ts';

/** What CloudWatch would have of tasks that timed out, from SWF's histories. */
export async function findTimeouts(swf: SWFClient, tasks: readonly StartedTask[]): Promise<Datum[]> {
  const data: Datum[] = [];
  for (const { domain, workflowId, runId } of tasks) {
    const { events = [] } = await swf.send(
      new GetWorkflowExecutionHistoryCommand({ domain, execution: { workflowId, runId } }),
    );
    for (const { eventType, eventTimestamp } of events) {
      if (eventType !== 'ActivityTaskTimedOut' || eventTimestamp === undefined) continue;
      const metricName = 'StartedActivityTasksTimedOutOnHeartbeat';
      data.push({
        namespace: 'AWS/SWF',
        metricName,
        dimensions: { Domain: domain },
        value: 1,
        atMs: eventTimestamp.getTime(),
      });
    }
  }
  return data;
}
