import {
  PollForActivityTaskCommand,
  RegisterActivityTypeCommand,
  RegisterDomainCommand,
  RegisterWorkflowTypeCommand,
  StartWorkflowExecutionCommand,
  SWFClient,
} from '@aws-sdk/client-swf';
import { onTestFinished } from 'vitest';

import { decide } from '../../../operator/swf-tasks.ts';
import type { Credential } from '../../../local/aws/credentials.ts';
import { createLocalStackApi } from '../../../local/aws/local-stack-api.ts';
import { createSwfApi } from '../../../local/aws/swf-api.ts';
import { LocalSwf } from '../../../local/aws/swf/local-swf.ts';
import { aFolder, anEndpoint, clientOf, inForce, type InForce, NOW, type TestEndpoint } from './aws-endpoint.ts';

const WORKFLOW_TYPE = { name: 'print-run', version: '1' };
const ACTIVITY_TYPE = { name: 'press', version: '1' };

/** The local SWF and its clock, which stands still between two calls of `after`. */
export interface Scene extends InForce {
  readonly endpoint: TestEndpoint;
  readonly operator: Credential;
  readonly swf: SWFClient;
  readonly after: (seconds: number) => void;
}

export async function aScene(): Promise<Scene> {
  const realm = inForce();
  const clock = { nowMs: NOW };
  const local = LocalSwf.open({ journalFile: `${aFolder()}/swf.journal`, clock: () => clock.nowMs });
  onTestFinished(() => local.close());
  const endpoint = await anEndpoint(realm, [createSwfApi(local), createLocalStackApi(local)]);
  const operator = realm.credentials.issueUserKey(realm.caller('operator'));
  const swf = new SWFClient(clientOf(endpoint, operator));
  const after = (seconds: number): void => {
    clock.nowMs += seconds * 1000;
  };
  return { ...realm, endpoint, operator, swf, after };
}

/** Registers a domain and the types of its tasks. */
export async function register({ swf }: Scene, domain: string): Promise<void> {
  await swf.send(new RegisterDomainCommand({ name: domain, workflowExecutionRetentionPeriodInDays: '1' }));
  await swf.send(new RegisterWorkflowTypeCommand({ domain, ...WORKFLOW_TYPE }));
  await swf.send(new RegisterActivityTypeCommand({ domain, ...ACTIVITY_TYPE }));
}

/** Schedules an activity task in a new workflow execution, and returns the run id. */
export async function schedule({ swf }: Scene, domain: string, workflowId: string): Promise<string> {
  const taskList = { name: workflowId };
  const { runId = '' } = await swf.send(
    new StartWorkflowExecutionCommand({
      domain,
      workflowId,
      workflowType: WORKFLOW_TYPE,
      taskList,
      taskStartToCloseTimeout: 'NONE',
      executionStartToCloseTimeout: '86400',
      childPolicy: 'TERMINATE',
    }),
  );
  const scheduleActivityTaskDecisionAttributes = {
    activityType: ACTIVITY_TYPE,
    activityId: 'press-1',
    taskList,
    heartbeatTimeout: '60',
    startToCloseTimeout: '600',
    scheduleToCloseTimeout: 'NONE',
    scheduleToStartTimeout: '300',
  };
  await decide(swf, domain, workflowId, {
    decisionType: 'ScheduleActivityTask',
    scheduleActivityTaskDecisionAttributes,
  });
  return runId;
}

/** Starts the task as a poller does, and returns its token. */
export async function take({ swf }: Scene, domain: string, workflowId: string): Promise<string> {
  const { taskToken = '' } = await swf.send(new PollForActivityTaskCommand({ domain, taskList: { name: workflowId } }));
  return taskToken;
}
