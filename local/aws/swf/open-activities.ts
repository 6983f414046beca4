import { createHash } from 'node:crypto';

import type { ActivityTask, DomainState, Run, SwfState } from './state.ts';
import { nextTimeoutOf } from './timeouts.ts';
import type { TokenContent } from './tokens.ts';

/** An activity task that SWF has scheduled and not closed. Times are ISO 8601, UTC. */
export interface OpenActivity {
  readonly domain: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  /** The SHA-256 of the task token, as the relay names the task. Undefined until a poller takes the task. */
  readonly taskId?: string;
  readonly state: 'scheduled' | 'started';
  readonly cancelRequested: boolean;
  readonly scheduledAt: string;
  readonly startedAt?: string;
  readonly lastHeartbeatAt?: string;
  readonly details?: string;
  /** When SWF times the task out, and by which of its timeouts, unless something happens first. */
  readonly timesOutAt?: string;
  readonly timesOutBy?: string;
}

/** What SWF's own API does not tell: every open activity task with its last heartbeat, the newest first. No task token. */
export function listOpenActivities(state: SwfState, seal: (content: TokenContent) => string): OpenActivity[] {
  return Object.values(state.domains)
    .flatMap((domain) =>
      Object.values(domain.open).flatMap((run) =>
        run.activities.map((activity) => ({ domain, run, activity, order: activity.scheduledAt })),
      ),
    )
    .sort((one, other) => other.order - one.order)
    .map(({ domain, run, activity }) => toOpenActivity(domain, run, activity, seal));
}

function toOpenActivity(
  { place }: DomainState,
  { workflowId, runId }: Run,
  activity: ActivityTask,
  seal: (content: TokenContent) => string,
): OpenActivity {
  const { activityId, scheduledEventId, startedEventId, scheduledAt, startedAt, lastBeatAt, details } = activity;
  const timeout = nextTimeoutOf(activity);
  return {
    domain: place.domain,
    workflowId,
    runId,
    activityId,
    state: startedEventId === undefined ? 'scheduled' : 'started',
    cancelRequested: activity.latestCancelRequestedEventId !== undefined,
    scheduledAt: toIso(scheduledAt),
    ...(startedEventId === undefined
      ? {}
      : { taskId: toTaskId(seal({ kind: 'activity', ...place, runId, scheduledEventId, startedEventId })) }),
    ...(startedAt === undefined ? {} : { startedAt: toIso(startedAt) }),
    ...(lastBeatAt === undefined || lastBeatAt === startedAt ? {} : { lastHeartbeatAt: toIso(lastBeatAt) }),
    ...(details === undefined ? {} : { details }),
    ...(timeout === undefined ? {} : { timesOutAt: toIso(timeout.at), timesOutBy: timeout.timeoutType }),
  };
}

const toIso = (atMs: number): string => new Date(atMs).toISOString();

const toTaskId = (taskToken: string): string => createHash('sha256').update(taskToken).digest('base64url');
