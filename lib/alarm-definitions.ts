import { Stats } from 'aws-cdk-lib/aws-cloudwatch';

import {
  type AlarmDefinition,
  type Evaluation,
  FIVE_MINUTES,
  ONE_DAY,
  ONE_OF_ONE,
  THREE_OF_FIVE,
  THREE_IN_A_ROW,
  TWO_IN_A_ROW,
  TWO_OF_FIVE,
} from './alarm-definition.ts';
import { canaryAlarm } from './canary-alarm.ts';
import { fairShareAlarms } from './fair-share-alarms.ts';
import { type AlarmThresholds, floodAlarms } from './flood-alarms.ts';
import { GATEWAY_THROTTLED, RelayMetrics } from './relay-metrics.ts';

/** In 5 minutes. This is not a single mistake: a worker does it with every heartbeat. */
const DENIAL_THRESHOLD = 3;

/** In 5 minutes: the refusals of one worker that sends a heartbeat every 30 s with an invalid key. */
const UNAUTHENTICATED_THRESHOLD = 10;

/** In 5 minutes, three times in a row: nobody is paged at once, and one worker that sends heartbeats every minute is enough. */
const RESOURCE_UNKNOWN_THRESHOLD = 3;

/** Lambda's default quota of concurrent executions per account and region (quotas page). New accounts may have less. */
const ACCOUNT_CONCURRENCY = 1000;

/** What decides which alarms there are. */
export interface AlarmSettings {
  readonly metrics: RelayMetrics;
  readonly thresholds: AlarmThresholds;
  readonly reservedConcurrency: number | undefined;
  readonly canary: boolean;
}

/** Every alarm of a stack. */
export function defineAlarms({
  metrics,
  thresholds,
  reservedConcurrency,
  canary,
}: AlarmSettings): readonly AlarmDefinition[] {
  return [
    ...swfAlarms(metrics),
    ...fairShareAlarms(metrics),
    ...workerAlarms(metrics),
    ...relayAlarms(metrics),
    ...platformAlarms(metrics, reservedConcurrency),
    ...floodAlarms(metrics, thresholds),
    ...(canary ? [canaryAlarm(metrics)] : []),
  ];
}

/** The relay writes a metric only when the counted event happens. */
const NEVER_HAPPENED = 'that it did not happen';

function relayAlarm(metrics: RelayMetrics, code: string, evaluation: Evaluation, summary: string): AlarmDefinition {
  const metric = metrics.ofRelay(code);
  return { name: code, metric, threshold: 1, ...evaluation, summary, noDataMeans: NEVER_HAPPENED };
}

function swfAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  return [
    relayAlarm(metrics, 'SwfThrottled', THREE_OF_FIVE, 'SWF throttles the account and does not record heartbeats.'),
    relayAlarm(
      metrics,
      'SwfUnavailable',
      THREE_OF_FIVE,
      'SWF fails, or STS gives no session for it. SWF does not record heartbeats.',
    ),
    {
      name: 'SwfResourceUnknown',
      metric: metrics.ofRelay('SwfResourceUnknown', FIVE_MINUTES),
      threshold: RESOURCE_UNKNOWN_THRESHOLD,
      ...THREE_IN_A_ROW,
      summary: 'SWF does not know something that heartbeats refer to: a domain or a type is gone, or tokens are wrong.',
      noDataMeans: NEVER_HAPPENED,
    },
  ];
}

function workerAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  const denied = { threshold: DENIAL_THRESHOLD, ...ONE_OF_ONE, noDataMeans: NEVER_HAPPENED };
  return [
    {
      name: 'TaskNotInDomain',
      metric: metrics.ofRelay('TaskNotInDomain', FIVE_MINUTES),
      summary: 'A worker sends heartbeats for tasks of another domain, and IAM refuses them.',
      ...denied,
    },
    {
      name: 'DomainNotGranted',
      metric: metrics.ofRelay('DomainNotGranted', FIVE_MINUTES),
      summary: 'A worker sends heartbeats to a domain that its key does not grant or the stack does not declare.',
      ...denied,
    },
    {
      name: 'Unauthenticated',
      metric: metrics.ofRelay('Unauthenticated', FIVE_MINUTES),
      threshold: UNAUTHENTICATED_THRESHOLD,
      ...TWO_IN_A_ROW,
      summary: 'The relay refuses worker keys: a key in use has expired or was revoked, or somebody is guessing.',
      noDataMeans: NEVER_HAPPENED,
    },
    {
      name: 'KeyExpiresSoon',
      // A container reports a key once a day. With a shorter period the alarm would start and end again with each report.
      metric: metrics.ofRelay('KeyExpiresSoon', ONE_DAY),
      threshold: 1,
      ...ONE_OF_ONE,
      summary: 'A worker uses a key that ends within 14 days.',
      noDataMeans: 'that no key in use ends so soon',
    },
  ];
}

function relayAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  return [
    relayAlarm(
      metrics,
      'RelayMisconfigured',
      ONE_OF_ONE,
      'A role, key or domain differs from what the stack declares. SWF does not record heartbeats.',
    ),
    relayAlarm(metrics, 'InternalError', ONE_OF_ONE, 'The code of the relay failed. SWF did not record a heartbeat.'),
    relayAlarm(
      metrics,
      'AuthenticationUnavailable',
      TWO_OF_FIVE,
      'The relay cannot check worker keys, so it does not forward heartbeats.',
    ),
    relayAlarm(
      metrics,
      'StaleKeyUsed',
      TWO_OF_FIVE,
      'The relay cannot read worker keys. It trusts cached keys for at most 10 minutes.',
    ),
    relayAlarm(
      metrics,
      'CacheUnavailable',
      THREE_OF_FIVE,
      'The relay cannot read task states, so look-ups of tasks fail.',
    ),
    relayAlarm(
      metrics,
      'CacheWriteFailed',
      THREE_OF_FIVE,
      'The relay cannot write task states, so cancel requests would not survive an outage of SWF.',
    ),
  ];
}

function platformAlarms(metrics: RelayMetrics, reservedConcurrency: number | undefined): AlarmDefinition[] {
  const noCalls = 'that the function was not called';
  return [
    {
      name: GATEWAY_THROTTLED,
      metric: metrics.ofRelay(GATEWAY_THROTTLED),
      threshold: 1,
      ...TWO_OF_FIVE,
      summary: 'The gateway throttles requests before they reach the relay.',
      noDataMeans: 'that the gateway throttled no request: the metric filter counts nothing else',
    },
    {
      name: 'FunctionErrors',
      metric: metrics.ofFunction('Errors', Stats.SUM),
      threshold: 1,
      ...TWO_OF_FIVE,
      summary: 'The function crashes, fails to start or times out.',
      noDataMeans: noCalls,
    },
    {
      name: 'FunctionThrottles',
      metric: metrics.ofFunction('Throttles', Stats.SUM),
      threshold: 1,
      ...TWO_OF_FIVE,
      summary: 'Lambda throttles the function, because its concurrency is used up.',
      noDataMeans: noCalls,
    },
    {
      name: 'ConcurrencyHigh',
      metric:
        reservedConcurrency === undefined
          ? RelayMetrics.concurrencyOfAccount()
          : metrics.ofFunction('ConcurrentExecutions', Stats.MAXIMUM),
      threshold: toFourFifths(reservedConcurrency ?? ACCOUNT_CONCURRENCY),
      ...THREE_OF_FIVE,
      summary: `80 % of the ${reservedConcurrency === undefined ? 'concurrency of the account' : 'reserved concurrency of the function'} is in use.`,
      noDataMeans: 'that nothing ran',
    },
  ];
}

/** Multiplies before it divides, because 0.8 times a whole number has rounding errors. */
const toFourFifths = (limit: number): number => Math.ceil((limit * 4) / 5);
