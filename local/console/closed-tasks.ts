import { GetWorkflowExecutionHistoryCommand, type HistoryEvent, type SWFClient } from '@aws-sdk/client-swf';

import type { ClosedState, ShownTask } from './messages.ts';

/** A task whose run is known, so that SWF can be asked how it ended. */
export interface TrackedTask extends ShownTask {
  readonly runId: string;
}

/** How long, and how many, closed tasks stay on the page. */
const SHOWN_MS = 10 * 60_000;
const MAX_SHOWN = 50;

/** Event types of SWF that close an activity task. */
const STATES: Readonly<Record<string, ClosedState>> = {
  ActivityTaskCompleted: 'completed',
  ActivityTaskFailed: 'failed',
  ActivityTaskTimedOut: 'timed out',
  ActivityTaskCanceled: 'canceled',
};

/** Notices which tasks SWF no longer lists as open, and asks SWF's history how they ended. */
export class ClosedTasks {
  readonly #swf: SWFClient;
  readonly #clock: () => number;
  #open: readonly TrackedTask[] = [];
  #closed: readonly TrackedTask[] = [];

  constructor(swf: SWFClient, clock: () => number) {
    this.#swf = swf;
    this.#clock = clock;
  }

  /** @returns the closed tasks, the newest first. */
  async update(open: readonly TrackedTask[]): Promise<readonly TrackedTask[]> {
    const ids = new Set(open.map(({ id }) => id));
    const gone = this.#open.filter(({ id }) => !ids.has(id)).slice(0, MAX_SHOWN);
    const ended = await Promise.all(gone.map(async (task) => this.#toClosed(task)));
    this.#open = open; // not before SWF answered: what is gone is asked for again if it did not
    const sinceMs = this.#clock() - SHOWN_MS;
    const recent = this.#closed.filter(({ closedAt = '' }) => Date.parse(closedAt) > sinceMs);
    this.#closed = [...ended, ...recent].slice(0, MAX_SHOWN);
    return this.#closed;
  }

  async #toClosed({ timesOutAt: _timesOutAt, ...task }: TrackedTask): Promise<TrackedTask> {
    const { domain, workflowId, runId } = task;
    const { events = [] } = await this.#swf.send(
      new GetWorkflowExecutionHistoryCommand({ domain, execution: { workflowId, runId }, reverseOrder: true }),
    );
    const last = events.find(({ eventType = '' }) => eventType in STATES);
    return { ...task, state: STATES[last?.eventType ?? ''] ?? 'closed', closedAt: toTime(last, this.#clock()) };
  }
}

function toTime(event: HistoryEvent | undefined, nowMs: number): string {
  return (event?.eventTimestamp ?? new Date(nowMs)).toISOString();
}
