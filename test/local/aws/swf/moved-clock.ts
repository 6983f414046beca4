import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { LocalSwf, type LocalSwfOptions, type SwfRequest } from '../../../../local/aws/swf/local-swf.ts';

export const CALLER = { accountId: '111111111111', region: 'eu-west-1' };
/** 2026-11-22T08:00:00Z */
export const START = 1_795_334_400_000;

/** Returns the path of a journal file in a new folder. Removes the folder after the test. */
export function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-swf-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'swf.journal');
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A LocalSwf with a manual clock. */
export class ClockedSwf {
  now = START;
  readonly file: string;
  swf: LocalSwf;
  readonly #options: Omit<LocalSwfOptions, 'journalFile' | 'clock'>;

  constructor(options: Omit<LocalSwfOptions, 'journalFile' | 'clock'> = {}) {
    this.file = journalFile();
    this.#options = { pollHoldMs: 10_000, ...options };
    this.swf = this.#open();
    onTestFinished(() => this.swf.close());
  }

  #open(): LocalSwf {
    return LocalSwf.open({ journalFile: this.file, clock: () => this.now, ...this.#options });
  }

  /** Simulates `kill -9` and a new start: another LocalSwf opens the unchanged journal. */
  restart(): void {
    this.swf.close();
    this.swf = this.#open();
  }

  /** Advances the clock. */
  after(seconds: number): void {
    this.now += seconds * 1000;
  }

  call(
    operation: string,
    input: unknown,
    over: Partial<SwfRequest> = {},
  ): Promise<Record<string, unknown> | undefined> {
    const signal = new AbortController().signal;
    return this.swf.handle({ operation, input, caller: CALLER, authorize: () => undefined, signal, ...over });
  }

  async prepare(): Promise<void> {
    await this.call('RegisterDomain', { name: 'orders', workflowExecutionRetentionPeriodInDays: '2' });
    await this.call('RegisterActivityType', { domain: 'orders', name: 'print', version: '1' });
    await this.call('RegisterWorkflowType', { domain: 'orders', name: 'order', version: '1' });
  }

  async start(workflowId = 'w', over: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.call('StartWorkflowExecution', {
      domain: 'orders',
      workflowId,
      workflowType: { name: 'order', version: '1' },
      taskList: { name: 'list' },
      executionStartToCloseTimeout: '3600',
      taskStartToCloseTimeout: 'NONE',
      childPolicy: 'TERMINATE',
      ...over,
    });
    return asText(answer?.['runId']);
  }

  poll(kind: 'Activity' | 'Decision', over: Partial<SwfRequest> = {}): Promise<Record<string, unknown> | undefined> {
    return this.call(`PollFor${kind}Task`, { domain: 'orders', taskList: { name: 'list' } }, over);
  }

  /** Answers the next decision task with the decision to schedule an activity task. */
  async schedule(activityId = 'a', over: Record<string, unknown> = {}): Promise<void> {
    const task = await this.poll('Decision');
    const scheduleActivityTaskDecisionAttributes = {
      activityType: { name: 'print', version: '1' },
      activityId,
      taskList: { name: 'list' },
      scheduleToStartTimeout: 'NONE',
      scheduleToCloseTimeout: 'NONE',
      startToCloseTimeout: 'NONE',
      heartbeatTimeout: 'NONE',
      ...over,
    };
    const decisions = [{ decisionType: 'ScheduleActivityTask', scheduleActivityTaskDecisionAttributes }];
    await this.call('RespondDecisionTaskCompleted', { taskToken: task?.['taskToken'], decisions });
  }

  /** The token of a started activity task. */
  async working(over: Record<string, unknown> = {}): Promise<string> {
    await this.start();
    await this.schedule('a', over);
    return asText((await this.poll('Activity'))?.['taskToken']);
  }

  heartbeat(taskToken: string, details?: string): Promise<Record<string, unknown> | undefined> {
    return this.call('RecordActivityTaskHeartbeat', { taskToken, details });
  }

  /** The type of every event of the workflow `w`, with its time in seconds since START. */
  async events(runId: string): Promise<unknown[]> {
    const execution = { workflowId: 'w', runId };
    const answer = await this.call('GetWorkflowExecutionHistory', { domain: 'orders', execution });
    const found: unknown = answer?.['events'];
    return Array.isArray(found) ? found.map((event: unknown) => event) : [];
  }
}
