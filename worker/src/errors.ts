import type { EndOutcome, StopReason } from './events.ts';

const WHY: Readonly<Record<StopReason, string>> = {
  canceled: 'somebody asked SWF to cancel the task',
  closed: 'the task is over',
  lost: 'no heartbeat was recorded for the heartbeat timeout',
};

/** The reason of an aborted `signal`. */
export class TaskStoppedError extends Error {
  override readonly name = 'TaskStoppedError';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(WHY[reason]);
    this.reason = reason;
  }
}

const NOT_REPORTED: Readonly<Record<Exclude<EndOutcome, 'reported'>, string>> = {
  closed: 'the task was over already',
  lost: 'the relay did not take the report in time',
  refused: 'the relay refused the report',
};

/** The end of a task was not reported. */
export class NotReportedError extends Error {
  override readonly name = 'NotReportedError';
  readonly outcome: Exclude<EndOutcome, 'reported'>;

  constructor(outcome: Exclude<EndOutcome, 'reported'>) {
    super(NOT_REPORTED[outcome]);
    this.outcome = outcome;
  }
}
