import { type ChildPolicy, type CloseStatus, type NameAndVersion } from './members.ts';
import { unknownDomain, unknownExecution, unknownType } from './faults.ts';
import { addDuration } from './durations.ts';
import {
  domainKey,
  typeKey,
  type ActivityDefaults,
  type DomainState,
  type Place,
  type RegisteredType,
  type Run,
  type SwfState,
  type WorkflowDefaults,
} from './state.ts';

/** Throws SwfFault (UnknownResourceFault) for a domain that was never registered in this account and region. */
export function domainAt(state: SwfState, place: Place): DomainState {
  const domain = state.domains[domainKey(place)];
  if (domain === undefined) throw unknownDomain(place.domain);
  return domain;
}

/** Throws SwfFault (UnknownResourceFault). */
export function activityTypeIn(domain: DomainState, type: NameAndVersion): RegisteredType<ActivityDefaults> {
  const found = domain.activityTypes[typeKey(type)];
  if (found === undefined) throw unknownType('ActivityType', type.name, type.version);
  return found;
}

/** Throws SwfFault (UnknownResourceFault). */
export function workflowTypeIn(domain: DomainState, type: NameAndVersion): RegisteredType<WorkflowDefaults> {
  const found = domain.workflowTypes[typeKey(type)];
  if (found === undefined) throw unknownType('WorkflowType', type.name, type.version);
  return found;
}

export const findOpenRun = (domain: DomainState, workflowId: string): Run | undefined =>
  Object.values(domain.open).find((run) => run.workflowId === workflowId);

/** The open run with this id. Without a run id, or with an empty one, the workflow's only open run. Throws SwfFault. */
export function openRun(domain: DomainState, workflowId: string, runId: string | undefined): Run {
  const run = runId === undefined || runId === '' ? findOpenRun(domain, workflowId) : domain.open[runId];
  if (run === undefined || run.workflowId !== workflowId) throw unknownExecution(workflowId, runId);
  return run;
}

/** The open run of a task token. Throws SwfFault, with the full name of a closed run as long as it is retained. */
export function openRunOfTask(domain: DomainState, runId: string): Run {
  const run = domain.open[runId];
  if (run === undefined) throw unknownExecution(domain.closed[runId]?.workflowId, runId);
  return run;
}

/** A run that is open, or closed but still retained. Throws SwfFault. */
export function retainedRun(domain: DomainState, workflowId: string, runId: string): Run {
  const run = domain.open[runId] ?? domain.closed[runId];
  if (run === undefined || run.workflowId !== workflowId) throw unknownExecution(workflowId, runId);
  return run;
}

/** Appends an event to the history, without undefined attributes. Returns the event's id. */
export function addEvent(run: Run, at: number, eventType: string, attributes: Record<string, unknown>): number {
  const eventId = run.events.length + 1;
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  run.events.push({ eventId, eventType, at, attributes: Object.fromEntries(given) });
  return eventId;
}

/** Schedules a decision task now, or after the decider has answered the open one. */
export function scheduleDecision(domain: DomainState, run: Run, at: number): void {
  if (run.decision !== undefined) {
    run.decisionNeeded ||= run.decision.startedEventId !== undefined;
    return;
  }
  // Assumption: without a temporary task list, nothing limits how long the task may wait.
  const scheduleToStartTimeout = run.taskListOverride?.scheduleToStartTimeout ?? 'NONE';
  const scheduledEventId = addEvent(run, at, 'DecisionTaskScheduled', {
    taskList: { name: run.taskList },
    taskPriority: run.taskPriority,
    startToCloseTimeout: run.taskStartToCloseTimeout,
    scheduleToStartTimeout,
  });
  const startBy = addDuration(at, scheduleToStartTimeout);
  run.decision = {
    taskList: run.taskList,
    priority: Number(run.taskPriority ?? 0),
    order: domain.scheduled++,
    scheduledEventId,
    ...(startBy === undefined ? {} : { startBy }),
  };
  run.decisionNeeded = false;
}

/** The end of a run: its event, and the status in a listing of closed runs. */
export interface Closing {
  readonly status: CloseStatus;
  readonly eventType: string;
  readonly attributes: Record<string, unknown>;
  readonly childPolicy?: ChildPolicy;
}

/** Closes a run. Its open tasks end without their own events. From then on, their tokens name a closed run. */
export function closeRun(domain: DomainState, run: Run, at: number, closing: Closing): void {
  addEvent(run, at, closing.eventType, closing.attributes);
  run.childPolicy = closing.childPolicy ?? run.childPolicy;
  run.closedAt = at;
  run.closeStatus = closing.status;
  run.activities = [];
  delete run.decision;
  run.decisionNeeded = false;
  delete domain.open[run.runId];
  domain.closed[run.runId] = run;
}
