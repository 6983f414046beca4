import { type FoundActivity } from './activities.ts';
import { type Site } from './engine.ts';
import { domainAt } from './runs.ts';
import { type ActivityTask, type DomainState, type SwfState } from './state.ts';
import { firstTimeout, type ActivityTimeoutType } from './timeouts.ts';
import { sealToken, type TokenContent, toTaskId } from './tokens.ts';

/** An open activity task. All times are in ISO 8601. It never contains the task token. */
export interface OpenTask {
  readonly domain: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  /** The SHA-256 of the task token in unpadded base64url. A task has no token before a worker starts it. */
  readonly taskId?: string;
  readonly state: 'scheduled' | 'started';
  readonly cancelRequested: boolean;
  readonly scheduledAt: string;
  readonly startedAt?: string;
  readonly lastHeartbeatAt?: string;
  /** The details of the last heartbeat. Absent if it had none. */
  readonly details?: string;
  /** When the task times out without another heartbeat. Absent if every timeout is `NONE`. */
  readonly timesOutAt?: string;
  readonly timesOutBy?: ActivityTimeoutType;
}

/**
 * Lists the open activity tasks of an account and region, the last scheduled task first. Lists one domain only if
 * `name` is given. Does not change the state, so the caller must expire what is due first.
 *
 * @throws SwfFault UnknownResourceFault if the domain does not exist.
 */
export function listOpenTasks(state: SwfState, site: Site, name?: string): OpenTask[] {
  const { accountId, region } = site;
  const all = Object.values(state.domains);
  const domains =
    name === undefined
      ? all.filter(({ place }) => place.accountId === accountId && place.region === region)
      : [domainAt(state, { accountId, region, domain: name })];
  const key = Buffer.from(state.key, 'base64');
  return domains
    .flatMap(findActivities)
    .sort((one, other) => compareNewest(one.activity, other.activity))
    .map((found) => toOpenTask(key, found));
}

function findActivities(domain: DomainState): FoundActivity[] {
  return Object.values(domain.open).flatMap((run) => run.activities.map((activity) => ({ domain, run, activity })));
}

function compareNewest(one: ActivityTask, other: ActivityTask): number {
  return other.scheduledAt - one.scheduledAt || other.order - one.order;
}

function toOpenTask(key: Buffer, { domain: { place }, run, activity }: FoundActivity): OpenTask {
  const { workflowId, runId } = run;
  const { activityId, scheduledEventId, startedEventId, startedAt, lastHeartbeatAt, details } = activity;
  const timeout = firstTimeout(activity);
  return {
    domain: place.domain,
    workflowId,
    runId,
    activityId,
    ...(startedEventId === undefined
      ? { state: 'scheduled' }
      : { state: 'started', taskId: findTaskId(key, { ...place, runId, scheduledEventId, startedEventId }) }),
    cancelRequested: activity.latestCancelRequestedEventId !== undefined,
    scheduledAt: toIso(activity.scheduledAt),
    ...(startedAt === undefined ? {} : { startedAt: toIso(startedAt) }),
    ...(lastHeartbeatAt === undefined ? {} : { lastHeartbeatAt: toIso(lastHeartbeatAt) }),
    ...(details === undefined ? {} : { details }),
    ...(timeout === undefined ? {} : { timesOutAt: toIso(timeout.at), timesOutBy: timeout.timeoutType }),
  };
}

/** Seals the token again, because the state does not contain it: the same task always has the same token. */
const findTaskId = (key: Buffer, task: Omit<TokenContent, 'kind'>): string =>
  toTaskId(sealToken(key, { kind: 'activity', ...task }));

const toIso = (epochMs: number): string => new Date(epochMs).toISOString();
