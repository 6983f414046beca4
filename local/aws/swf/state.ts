import { type InputOf } from './constraints.ts';
import { type ChildPolicy, type CloseStatus, type NameAndVersion } from './members.ts';
import { type TypeFamily } from './faults.ts';

/**
 * Everything the emulator remembers, as plain JSON: what a snapshot holds and what commands change.
 * Times are epoch milliseconds; durations stay as SWF has them, text of whole seconds or `NONE`.
 */
export interface SwfState {
  /** 32 random bytes in base64: seals task and page tokens. */
  readonly key: string;
  /** The latest time a command was performed at; time never runs backwards, whatever the clock does. */
  now: number;
  /** By `account/region/name`. */
  readonly domains: Record<string, DomainState>;
}

/** Where a domain is: names repeat over accounts and regions. */
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
  /** By name and version, newline between. */
  readonly activityTypes: Record<string, RegisteredType<ActivityDefaults>>;
  readonly workflowTypes: Record<string, RegisteredType<WorkflowDefaults>>;
  /** Open and closed runs by run id; the closed ones in the order of closing. */
  readonly open: Record<string, Run>;
  readonly closed: Record<string, Run>;
  /** Counts tasks as they are scheduled: the order in which pollers get them. */
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
  /** Open activity tasks only; a closed one lives on in the history. */
  activities: ActivityTask[];
  /** The open decision task. SWF keeps at most one for each run. */
  decision?: DecisionTask;
  /** Something happened while the open decision task was with a decider. */
  decisionNeeded: boolean;
  /** The DecisionTaskStarted event of the last decision task that was answered; 0 before the first. */
  previousStartedEventId: number;
  latestExecutionContext?: string;
  latestActivityTaskAt?: number;
}

/** An activity task that is scheduled or, once it has a `startedEventId`, with a worker. */
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
  /** The start, or the last heartbeat. */
  lastBeatAt?: number;
  /** Of the last heartbeat that had any. */
  details?: string;
  /** Once set, every heartbeat is answered `cancelRequested: true`: no decision withdraws it. */
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
