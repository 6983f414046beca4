import { type InputOf } from './constraints.ts';
import { type ChildPolicy, type CloseStatus, type NameAndVersion } from './members.ts';
import { type TypeFamily } from './faults.ts';

/**
 * The emulator's complete state, as plain JSON. Snapshots contain it and commands change it.
 * Times are epoch milliseconds. Durations are in SWF's format: text of whole seconds, or `NONE`.
 */
export interface SwfState {
  /** 32 random bytes in base64. They encrypt task and page tokens. */
  readonly key: string;
  /** The latest time at which a command was performed. It never goes backwards, even if the clock does. */
  now: number;
  /** By `account/region/name`. */
  readonly domains: Record<string, DomainState>;
}

/** Identifies a domain. Different accounts and regions can have domains with the same name. */
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
  /** By name and version, separated by a newline. */
  readonly activityTypes: Record<string, RegisteredType<ActivityDefaults>>;
  readonly workflowTypes: Record<string, RegisteredType<WorkflowDefaults>>;
  /** Open and closed runs by run id. Closed runs are in the order in which they closed. */
  readonly open: Record<string, Run>;
  readonly closed: Record<string, Run>;
  /** The number of tasks scheduled so far. It determines the order in which pollers get tasks. */
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
  /** From 1, without gaps. */
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
  childPolicy: ChildPolicy;
  closedAt?: number;
  closeStatus?: CloseStatus;
  cancelRequested: boolean;
  /** Only open activity tasks. A closed one exists only in the history. */
  activities: ActivityTask[];
  /** The open decision task. SWF has at most one per run. */
  decision?: DecisionTask;
  /** Whether something happened while a decider had the open decision task. */
  decisionNeeded: boolean;
  /** The DecisionTaskStarted event of the last answered decision task. 0 before the first. */
  previousStartedEventId: number;
  latestExecutionContext?: string;
  latestActivityTaskAt?: number;
}

/** A scheduled activity task. Once it has a `startedEventId`, a worker has it. */
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
  /** The time of the last heartbeat, or of the start. */
  lastBeatAt?: number;
  /** The details of the last heartbeat that had any. */
  details?: string;
  /** Once set, SWF answers every heartbeat with `cancelRequested: true`. No decision can withdraw it. */
  latestCancelRequestedEventId?: number;
}

export interface DecisionTask {
  readonly taskList: string;
  readonly priority: number;
  readonly order: number;
  readonly scheduledEventId: number;
  startedEventId?: number;
  startedAt?: number;
}

export const emptyState = (key: string): SwfState => ({ key, now: 0, domains: {} });

export const domainKey = ({ accountId, region, domain }: Place): string => `${accountId}/${region}/${domain}`;

export const typeKey = ({ name, version }: NameAndVersion): string => `${name}\n${version}`;
