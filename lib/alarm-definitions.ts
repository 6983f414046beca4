import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

import { GATEWAY_THROTTLED, RelayMetrics } from './relay-metrics.ts';

/** So many periods of the last so many must be over the threshold. */
interface Patience {
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
}

/** One alarm. It fires at or over its threshold. */
export interface AlarmDefinition extends Patience {
  /** Its section in docs/runbook.md; behind the stack's name, the alarm's. */
  readonly name: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** What has happened when it fires. */
  readonly says: string;
  /** Why no data is no alarm. */
  readonly noDataMeans: string;
}

/** Never right, not even once. */
const AT_ONCE: Patience = { datapointsToAlarm: 1, evaluationPeriods: 1 };
/** One minute of it can be a container or a connection that broke. */
const SOON: Patience = { datapointsToAlarm: 2, evaluationPeriods: 5 };
/** AWS's own blips are over sooner. */
const LASTING: Patience = { datapointsToAlarm: 3, evaluationPeriods: 5 };
/** Two periods in a row. */
const TWICE: Patience = { datapointsToAlarm: 2, evaluationPeriods: 2 };

const FIVE_MINUTES = Duration.minutes(5);

/** Over 5 minutes: not a slip, but a worker that does it heartbeat after heartbeat. */
const DENIALS_OF_A_WORKER = 3;

/** Over 5 minutes: what one worker makes that heartbeats every 30 s with a dead key. */
const UNAUTHENTICATED_OF_A_WORKER = 10;

/** Lambda: concurrent executions of an account in a region, unless raised (quotas page). New accounts may have less. */
const ACCOUNT_CONCURRENCY = 1000;

/** Every alarm of a stack. */
export function defineAlarms(
  metrics: RelayMetrics,
  reservedConcurrency: number | undefined,
): readonly AlarmDefinition[] {
  return [
    ...swfAlarms(metrics),
    ...workerAlarms(metrics),
    ...ownAlarms(metrics),
    ...platformAlarms(metrics, reservedConcurrency),
  ];
}

/** The relay writes one of its own metrics only when what it counts happens. */
const NEVER_HAPPENED = 'that it did not happen';

function own(metrics: RelayMetrics, code: string, patience: Patience, says: string): AlarmDefinition {
  const metric = metrics.own(code);
  return { name: code, metric, threshold: 1, ...patience, says, noDataMeans: NEVER_HAPPENED };
}

function swfAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  return [
    own(metrics, 'SwfThrottled', LASTING, 'SWF throttles the account: heartbeats are not recorded.'),
    own(metrics, 'SwfUnavailable', LASTING, 'SWF fails, or no session for it can be had: heartbeats are not recorded.'),
  ];
}

function workerAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  const denied = { threshold: DENIALS_OF_A_WORKER, ...AT_ONCE, noDataMeans: NEVER_HAPPENED };
  return [
    {
      name: 'TaskNotInDomain',
      metric: metrics.own('TaskNotInDomain', FIVE_MINUTES),
      says: 'A worker sends heartbeats for tasks of another domain, and IAM refuses them.',
      ...denied,
    },
    {
      name: 'DomainNotGranted',
      metric: metrics.own('DomainNotGranted', FIVE_MINUTES),
      says: 'A worker sends heartbeats to a domain that its key or the stack does not name.',
      ...denied,
    },
    {
      name: 'Unauthenticated',
      metric: metrics.own('Unauthenticated', FIVE_MINUTES),
      threshold: UNAUTHENTICATED_OF_A_WORKER,
      ...TWICE,
      says: 'Worker keys are refused: one has expired or was revoked while in use, or somebody guesses.',
      noDataMeans: NEVER_HAPPENED,
    },
  ];
}

function ownAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  return [
    own(
      metrics,
      'RelayMisconfigured',
      AT_ONCE,
      'A role, a key or a domain is not what the stack says: heartbeats are not recorded.',
    ),
    own(metrics, 'InternalError', AT_ONCE, 'The code of the relay failed: a heartbeat was not recorded.'),
    own(metrics, 'AuthenticationUnavailable', SOON, 'Worker keys cannot be checked: heartbeats are not recorded.'),
    own(metrics, 'StaleKeyUsed', SOON, 'Worker keys cannot be read; known ones are trusted for 10 minutes at most.'),
    own(metrics, 'CacheUnavailable', LASTING, 'Task states cannot be read: look-ups of tasks fail.'),
    own(
      metrics,
      'CacheWriteFailed',
      LASTING,
      'Task states cannot be written: cancel requests would not outlive an outage of SWF.',
    ),
  ];
}

function platformAlarms(metrics: RelayMetrics, reservedConcurrency: number | undefined): AlarmDefinition[] {
  const noCalls = 'that the function was not called';
  return [
    {
      name: GATEWAY_THROTTLED,
      metric: metrics.own(GATEWAY_THROTTLED),
      threshold: 1,
      ...SOON,
      says: 'The gateway turns requests away before the relay sees them.',
      noDataMeans: 'that the gateway threw nothing away: the filter counts nothing else',
    },
    {
      name: 'FunctionErrors',
      metric: metrics.ofFunction('Errors', Stats.SUM),
      threshold: 1,
      ...SOON,
      says: 'The function crashes, does not start, or runs out of time.',
      noDataMeans: noCalls,
    },
    {
      name: 'FunctionThrottles',
      metric: metrics.ofFunction('Throttles', Stats.SUM),
      threshold: 1,
      ...SOON,
      says: 'Lambda does not start the function: its concurrency is used up.',
      noDataMeans: noCalls,
    },
    {
      name: 'ConcurrencyHigh',
      metric:
        reservedConcurrency === undefined
          ? RelayMetrics.concurrencyOfAccount()
          : metrics.ofFunction('ConcurrentExecutions', Stats.MAXIMUM),
      threshold: fourFifthsOf(reservedConcurrency ?? ACCOUNT_CONCURRENCY),
      ...LASTING,
      says: `80 % of the concurrency ${reservedConcurrency === undefined ? 'of the account' : 'reserved for the function'} is in use.`,
      noDataMeans: 'that nothing ran',
    },
  ];
}

/** In whole numbers: 0.8 times one is not always whole. */
const fourFifthsOf = (limit: number): number => Math.ceil((limit * 4) / 5);
