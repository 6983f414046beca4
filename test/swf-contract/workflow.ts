import { randomUUID } from 'node:crypto';
import {
  type ActivityTask,
  type Decision,
  type DecisionTask,
  type HistoryEvent,
  RegisterActivityTypeCommand,
  RegisterDomainCommand,
  RegisterWorkflowTypeCommand,
  GetWorkflowExecutionHistoryCommand,
  PollForActivityTaskCommand,
  PollForDecisionTaskCommand,
  RespondDecisionTaskCompletedCommand,
  type RespondDecisionTaskCompletedCommandInput,
  type ScheduleActivityTaskDecisionAttributes,
  type StartWorkflowExecutionCommandInput,
  StartWorkflowExecutionCommand,
  SWFClient,
} from '@aws-sdk/client-swf';
import { type Endpoint, startEndpoint } from './endpoint.ts';

/** A run of the workflow type `order`; activities of type `print` go to its own task list. */
export interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly list: string;
}

export const ACTIVITY = { name: 'print', version: '1' };
export const BARE_ACTIVITY = { name: 'bare', version: '1' };
export const WORKFLOW = { name: 'order', version: '1' };
export const BARE_WORKFLOW = { name: 'bare', version: '1' };

/** Timeouts are 1 or 2 s here. Only a condition that never comes true meets this limit. */
export const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 50;

/** SWF under test: `SWF_ENDPOINT` with the environment's credentials and region, or else the local one. */
export class Contract {
  readonly client: SWFClient;
  readonly domain = `contract-${randomUUID()}`;
  readonly #endpoint: Endpoint | undefined;

  private constructor(client: SWFClient, endpoint: Endpoint | undefined) {
    this.client = client;
    this.#endpoint = endpoint;
  }

  static async open(): Promise<Contract> {
    const given = process.env['SWF_ENDPOINT'];
    const contract =
      given === undefined ? await Contract.local() : new Contract(new SWFClient({ endpoint: given }), undefined);
    await contract.#register();
    return contract;
  }

  private static async local(): Promise<Contract> {
    const endpoint = await startEndpoint();
    const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local' };
    return new Contract(new SWFClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials }), endpoint);
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.#endpoint?.close();
  }

  async #register(): Promise<void> {
    const { client, domain } = this;
    await client.send(new RegisterDomainCommand({ name: domain, workflowExecutionRetentionPeriodInDays: '1' }));
    await client.send(new RegisterActivityTypeCommand({ domain, ...BARE_ACTIVITY }));
    await client.send(new RegisterWorkflowTypeCommand({ domain, ...BARE_WORKFLOW }));
    await client.send(
      new RegisterActivityTypeCommand({
        domain,
        ...ACTIVITY,
        defaultTaskHeartbeatTimeout: 'NONE',
        defaultTaskStartToCloseTimeout: '600',
        defaultTaskScheduleToStartTimeout: '600',
        defaultTaskScheduleToCloseTimeout: 'NONE',
      }),
    );
    await client.send(
      new RegisterWorkflowTypeCommand({
        domain,
        ...WORKFLOW,
        defaultTaskStartToCloseTimeout: '60',
        defaultExecutionStartToCloseTimeout: '600',
        defaultChildPolicy: 'TERMINATE',
      }),
    );
  }

  /** Starts a run with ids and a task list of its own. */
  async start(over: Partial<StartWorkflowExecutionCommandInput> = {}): Promise<Started> {
    const workflowId = `w-${randomUUID()}`;
    const taskList = { name: workflowId };
    const input = { domain: this.domain, workflowId, workflowType: WORKFLOW, taskList, ...over };
    const { runId = '' } = await this.client.send(new StartWorkflowExecutionCommand(input));
    return { workflowId, runId, list: workflowId };
  }

  pollDecision(run: Started): Promise<DecisionTask> {
    return this.client.send(new PollForDecisionTaskCommand({ domain: this.domain, taskList: { name: run.list } }));
  }

  /** Takes the run's decision task and answers it. */
  async decide(run: Started, ...decisions: Decision[]): Promise<DecisionTask> {
    const task = await this.pollDecision(run);
    await this.client.send(new RespondDecisionTaskCompletedCommand({ taskToken: task.taskToken, decisions }));
    return task;
  }

  /** Takes the run's decision task, and answers it without a decision. */
  async decideOn(run: Started, over: Partial<RespondDecisionTaskCompletedCommandInput>): Promise<void> {
    const { taskToken } = await this.pollDecision(run);
    await this.client.send(new RespondDecisionTaskCompletedCommand({ taskToken, ...over }));
  }

  pollActivity(run: Started): Promise<ActivityTask> {
    const taskList = { name: run.list };
    return this.client.send(new PollForActivityTaskCommand({ domain: this.domain, taskList, identity: 'contract' }));
  }

  /** A started activity task in a run of its own. */
  async working(
    over: Partial<ScheduleActivityTaskDecisionAttributes> = {},
  ): Promise<{ run: Started; taskToken: string }> {
    const run = await this.start();
    await this.decide(run, schedule(run, 'a', over));
    const { taskToken = '' } = await this.pollActivity(run);
    return { run, taskToken };
  }

  async history(run: Started): Promise<HistoryEvent[]> {
    const { workflowId, runId } = run;
    const execution = { workflowId, runId };
    const command = new GetWorkflowExecutionHistoryCommand({ domain: this.domain, execution });
    return (await this.client.send(command)).events ?? [];
  }

  async eventTypes(run: Started): Promise<(string | undefined)[]> {
    return (await this.history(run)).map(({ eventType }) => eventType);
  }

  /** The first event of that type; rejects where there is none. */
  async event(run: Started, eventType: string): Promise<HistoryEvent> {
    const found = (await this.history(run)).find((event) => event.eventType === eventType);
    if (found === undefined) throw new Error(`there is no ${eventType} event`);
    return found;
  }

  /** The first event of that type, as soon as there is one. */
  async eventually(run: Started, eventType: string): Promise<HistoryEvent> {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      const found = (await this.history(run)).find((event) => event.eventType === eventType);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    throw new Error(`no ${eventType} event within ${PATIENCE_MS} ms`);
  }
}

/** A decision to schedule `print` on the run's own task list. */
export const schedule = (
  run: Started,
  activityId: string,
  over: Partial<ScheduleActivityTaskDecisionAttributes> = {},
): Decision => ({
  decisionType: 'ScheduleActivityTask',
  scheduleActivityTaskDecisionAttributes: { activityType: ACTIVITY, activityId, taskList: { name: run.list }, ...over },
});

export const requestCancel = (activityId: string): Decision => ({
  decisionType: 'RequestCancelActivityTask',
  requestCancelActivityTaskDecisionAttributes: { activityId },
});
