import { Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { METRICS_NAMESPACE } from '../lambda/environment.ts';
import { ONE_MINUTE, type RelayMetrics } from './relay-metrics.ts';

export interface RelayDashboardProps {
  readonly metrics: RelayMetrics;
  readonly alarms: readonly Alarm[];
  readonly logGroup: ILogGroup;
  readonly runbookUrl: string | undefined;
}

/** SWF's refill rate for an account. Its bucket holds 2,000 heartbeats (SWF developer guide, quotas). */
const SWF_HEARTBEATS_PER_SECOND = 160;

/** The relay answers within this time. */
const ANSWER_WITHIN_MS = 4_500;

const HALF_WIDTH = 12;
const FULL_WIDTH = 24;

/** Shows at a glance whether tasks are safe. */
export class RelayDashboard extends Construct {
  constructor(scope: Construct, id: string, { metrics, alarms, logGroup, runbookUrl }: RelayDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      // The region is part of the name, because dashboard names are shared by all regions.
      dashboardName: `${metrics.relayName}-${Stack.of(this).region}`,
      widgets: [
        ...(runbookUrl === undefined ? [] : [[runbook(runbookUrl)]]),
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: FULL_WIDTH })],
        [heartbeats(metrics), timeouts()],
        [outcomes(metrics), fairShare(metrics)],
        [cancellations(metrics), successRate(metrics)],
        [requestsByDomain(logGroup), busiestKeys(logGroup)],
        [latency(metrics), concurrency(metrics)],
      ],
    });
  }
}

/** Searches for metrics, because SWF creates one only when it counts something. */
const search = (label: string, query: string, wrap: (found: string) => string = (found) => found): IMetric =>
  new MathExpression({ expression: wrap(`SEARCH('${query}', 'Sum', 60)`), label, period: ONE_MINUTE });

const graph = (
  title: string,
  left: IMetric[],
  overrides: Partial<ConstructorParameters<typeof GraphWidget>[0]> = {},
): IWidget => new GraphWidget({ title, left, width: HALF_WIDTH, leftYAxis: { min: 0 }, ...overrides });

function heartbeats(metrics: RelayMetrics): IWidget {
  const requests = new MathExpression({
    expression: 'requests / PERIOD(requests)',
    usingMetrics: { requests: metrics.ofGateway('Count', Stats.SUM) },
    label: 'requests to this relay',
    period: ONE_MINUTE,
  });
  const forwarded = new MathExpression({
    expression: 'forwarded / PERIOD(forwarded)',
    usingMetrics: { forwarded: metrics.ofFairShare('Forwarded', Stats.SUM) },
    label: 'calls of this relay to SWF',
    period: ONE_MINUTE,
  });
  const swfHeartbeats = 'Namespace="AWS/SWF" APIName="RecordActivityTaskHeartbeat"';
  const account = search(
    'heartbeats of the account',
    `${swfHeartbeats} MetricName="ConsumedCapacity"`,
    (found) => `SUM(${found}) / 60`,
  );
  const throttled = search(
    'throttled by SWF',
    `${swfHeartbeats} MetricName="ThrottledEvents"`,
    (found) => `SUM(${found}) / 60`,
  );
  const quota = { value: SWF_HEARTBEATS_PER_SECOND, label: 'quota of the account, after a burst of 2,000' };
  return graph('Heartbeats per second (SWF quota: 160)', [requests, forwarded, account, throttled], {
    leftAnnotations: [quota],
  });
}

/** Covers every domain of the account in this region. A search allows 1,024 characters, too few to list the domains. */
function timeouts(): IWidget {
  const lost = search('', 'Namespace="AWS/SWF" MetricName="StartedActivityTasksTimedOutOnHeartbeat"');
  return graph('Tasks lost to heartbeat timeouts in this region', [lost]);
}

function outcomes({ relayName }: RelayMetrics): IWidget {
  const all = search('', `{${METRICS_NAMESPACE},service} service="${relayName}"`);
  return graph('Outcomes by code, without plain recorded heartbeats', [all]);
}

function fairShare(metrics: RelayMetrics): IWidget {
  const share = new MathExpression({
    expression: '100 * paced / (paced + forwarded)',
    usingMetrics: {
      paced: metrics.ofFairShare('Paced', Stats.SUM),
      forwarded: metrics.ofFairShare('Forwarded', Stats.SUM),
    },
    label: 'paced, of the heartbeats within their rates',
    period: ONE_MINUTE,
  });
  const pressure = [Stats.AVERAGE, Stats.MAXIMUM].map((statistic) =>
    metrics
      .ofFairShare('Pressure', statistic)
      .with({ label: `pressure, ${statistic.toLowerCase()} of the containers` }),
  );
  const perSecond = (code: string, id: string): IMetric =>
    new MathExpression({
      expression: `${id} / PERIOD(${id})`,
      usingMetrics: { [id]: metrics.ofRelay(code) },
      label: `${code} per second`,
      period: ONE_MINUTE,
    });
  return graph('Fair share: paced heartbeats and pressure in percent', [share, ...pressure], {
    leftYAxis: { min: 0, max: 100 },
    right: [perSecond('KeyThrottled', 'ofKeys'), perSecond('DomainThrottled', 'ofDomains')],
    rightYAxis: { min: 0 },
  });
}

function cancellations(metrics: RelayMetrics): IWidget {
  const codes = ['CancelRequested', 'CancelRequestedFromCache'];
  return graph(
    'Answers that request cancellation',
    codes.map((code) => metrics.ofRelay(code)),
  );
}

function successRate(metrics: RelayMetrics): IWidget {
  const rate = new MathExpression({
    expression: '100 * (requests - refused - failed) / requests',
    usingMetrics: {
      requests: metrics.ofGateway('Count', Stats.SUM),
      refused: metrics.ofGateway('4xx', Stats.SUM),
      failed: metrics.ofGateway('5xx', Stats.SUM),
    },
    label: 'requests answered with 200, in percent',
    period: ONE_MINUTE,
  });
  return graph('Success rate: requests answered with 200, in percent', [rate], { leftYAxis: { min: 0, max: 100 } });
}

/** From the log, because a metric for each domain and key would cost 0.30 a month each. */
function requestsByDomain(logGroup: ILogGroup): IWidget {
  return new LogQueryWidget({
    title: 'Requests with a valid key, by domain, in 5 minutes',
    width: HALF_WIDTH,
    view: LogQueryVisualizationType.LINE,
    logGroupNames: [logGroup.logGroupName],
    queryLines: ["filter code = 'KeyUsed'", 'stats sum(`count`) as requests by bin(5m), domain'],
  });
}

function busiestKeys(logGroup: ILogGroup): IWidget {
  return new LogQueryWidget({
    title: 'Busiest worker keys',
    width: HALF_WIDTH,
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [logGroup.logGroupName],
    queryLines: [
      "filter code = 'KeyUsed'",
      'stats sum(`count`) as requests, sum(throttled) as overRate, latest(domain) as lastDomain by keyId',
      'sort requests desc',
      'limit 10',
    ],
  });
}

function runbook(url: string): IWidget {
  return new TextWidget({
    markdown: `[Runbook](${url}): what each alarm means, and what to do`,
    width: FULL_WIDTH,
    height: 1,
  });
}

function latency(metrics: RelayMetrics): IWidget {
  const series = [
    metrics.ofGateway('Latency', Stats.p(50)),
    metrics.ofGateway('Latency', Stats.p(99)),
    metrics.ofFunction('Duration', Stats.p(99)),
  ];
  return graph('Latency in ms', series, {
    leftAnnotations: [{ value: ANSWER_WITHIN_MS, label: 'maximum for the relay' }],
  });
}

function concurrency(metrics: RelayMetrics): IWidget {
  return graph('Function and gateway', [
    metrics.ofFunction('ConcurrentExecutions', Stats.MAXIMUM),
    metrics.ofFunction('Throttles', Stats.SUM),
    metrics.ofFunction('Errors', Stats.SUM),
    metrics.ofGateway('5xx', Stats.SUM),
  ]);
}
