import { type InputOf } from './constraints.ts';
import { type ChildPolicy, type CloseStatus, type NameAndVersion } from './members.ts';
import { type TypeFamily } from './faults.ts';

/**
 * The whole state of the local SWF, as plain JSON. Commands change it, and snapshots contain it.
 * Times are epoch milliseconds. Durations are texts as in SWF's API: whole seconds, or `NONE`.
 */
export interface SwfState {
  /** 32 random bytes in base64, which seal task tokens and page tokens. */
  readonly key: string;
  /** The time of the latest command. It never decreases, even if the clock does. */
  now: number;
  /** Keyed by `account/region/name`. */
  readonly domains: Record<string, DomainState>;
}

/** Identifies a domain: a domain name is unique only in its account and region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly domain: string;
}

export type RegistrationStatus = 'REGISTERED' | 'DEPRECATED';

export interface DomainState {
  readonly place: Place;
  readonly description?: string;
  /** Days, or `NONE`. */
  readonly retention: string;
  status: RegistrationStatus;
  /** Keyed by name and version, with a newline between them. */
  readonly activityTypes: Record<string, RegisteredType<ActivityDefaults>>;
  readonly workflowTypes: Record<string, RegisteredType<WorkflowDefaults>>;
  /** Keyed by run id. */
  readonly open: Record<string, Run>;
  /** Keyed by run id, in the order of closing. */
  readonly closed: Record<string, Run>;
  /** Counts scheduled tasks. Pollers get the tasks in this order. */
  scheduled: number;
}

type Described = 'domain' | 'name' | 'version' | 'description';
export type ActivityDefaults = Omit<InputOf<'RegisterActivityType'>, Described>;
export type WorkflowDefaults = Omit<InputOf<'RegisterWorkflowType'>, Described>;

export interface RegisteredType<Defaults> {
  readonly family: TypeFamily;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly defaults: Defaults;
  readonly createdAt: number;
  status: RegistrationStatus;
  deprecatedAt?: number;
}

export interface HistoryEvent {
  /** Starts at 1 and has no gaps. */
  readonly eventId: number;
  readonly eventType: string;
  readonly at: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: NameAndVersion;
  readonly executionStartToCloseTimeout: string;
  readonly taskStartToCloseTimeout: string;
  readonly taskPriority?: string;
  readonly lambdaRole?: string;
  readonly tagList: readonly string[];
  readonly startedAt: number;
  readonly events: HistoryEvent[];
  taskList: string;
  /** Present while a decider's temporary task list is in force. */
  taskListOverride?: TaskListOverride;
  childPolicy: ChildPolicy;
  closedAt?: number;
  closeStatus?: CloseStatus;
  cancelRequested: boolean;
  /** Contains open activity tasks only. The history records the closed ones. */
  activities: ActivityTask[];
  /** The open decision task. SWF allows at most one for each run. */
  decision?: DecisionTask;
  /** Whether the run needs another decision task once the decider answers the open one. */
  decisionNeeded: boolean;
  /** The DecisionTaskStarted event of the last decision task that a decider answered, or 0. */
  previousStartedEventId: number;
  latestExecutionContext?: string;
  latestActivityTaskAt?: number;
}

/** An open activity task. A worker has it if `startedEventId` is set. */
export interface ActivityTask {
  readonly activityId: string;
  readonly activityType: NameAndVersion;
  readonly input?: string;
  readonly taskList: string;
  readonly priority: number;
  readonly order: number;
  readonly scheduledEventId: number;
  readonly scheduledAt: number;
  readonly scheduleToStartTimeout: string;
  readonly scheduleToCloseTimeout: string;
  readonly startToCloseTimeout: string;
  readonly heartbeatTimeout: string;
  startedEventId?: number;
  startedAt?: number;
  /** The time of the last heartbeat. */
  lastHeartbeatAt?: number;
  /** The details of the last heartbeat. Absent if it had none. */
  details?: string;
  /** If set, SWF answers every heartbeat with `cancelRequested: true`. No decision resets it. */
  latestCancelRequestedEventId?: number;
}

/** A task list that a decider chose for as long as somebody takes decision tasks from it in time. */
export interface TaskListOverride {
  /** The task list to return to. */
  readonly original: string;
  readonly scheduleToStartTimeout: string;
}

export interface DecisionTask {
  readonly taskList: string;
  readonly priority: number;
  readonly order: number;
  readonly scheduledEventId: number;
  /** If set, the task times out unless a decider takes it before this time. */
  readonly startBy?: number;
  startedEventId?: number;
  startedAt?: number;
}

export const emptyState = (key: string): SwfState => ({ key, now: 0, domains: {} });

export const domainKey = ({ accountId, region, domain }: Place): string => `${accountId}/${region}/${domain}`;

export const typeKey = ({ name, version }: NameAndVersion): string => `${name}\n${version}`;
