import { Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

import { METRICS_NAMESPACE } from '../lambda/environment.ts';
import { ONE_MINUTE, type RelayMetrics } from './relay-metrics.ts';

export interface RelayDashboardProps {
  readonly metrics: RelayMetrics;
  readonly alarms: readonly Alarm[];
}

/** SWF refills an account's bucket of 2,000 heartbeats with so many a second (SWF developer guide, quotas). */
const SWF_HEARTBEATS_PER_SECOND = 160;

/** The relay answers within it. */
const ANSWER_MS = 4_500;

const HALF = 12;
const WHOLE = 24;

/** "Are my tasks safe?", at a glance. */
export class RelayDashboard extends Construct {
  constructor(scope: Construct, id: string, { metrics, alarms }: RelayDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      // Dashboards of all regions share their names.
      dashboardName: `${metrics.stackName}-${Stack.of(this).region}`,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WHOLE })],
        [beats(metrics), timeouts()],
        [outcomes(metrics), cancellations(metrics)],
        [latency(metrics), concurrency(metrics)],
      ],
    });
  }
}

/** SWF's metrics are looked for, because it makes them only where something was counted. */
const search = (label: string, query: string, around: (found: string) => string = (found) => found): IMetric =>
  new MathExpression({ expression: around(`SEARCH('${query}', 'Sum', 60)`), label, period: ONE_MINUTE });

const graph = (
  title: string,
  left: IMetric[],
  over: Partial<ConstructorParameters<typeof GraphWidget>[0]> = {},
): IWidget => new GraphWidget({ title, left, width: HALF, leftYAxis: { min: 0 }, ...over });

function beats(metrics: RelayMetrics): IWidget {
  const requests = new MathExpression({
    expression: 'requests / PERIOD(requests)',
    usingMetrics: { requests: metrics.ofGateway('Count', Stats.SUM) },
    label: 'requests to this relay',
    period: ONE_MINUTE,
  });
  const heartbeats = 'Namespace="AWS/SWF" APIName="RecordActivityTaskHeartbeat"';
  const account = search(
    'heartbeats of the account',
    `${heartbeats} MetricName="ConsumedCapacity"`,
    (found) => `SUM(${found}) / 60`,
  );
  const throttled = search(
    'throttled by SWF',
    `${heartbeats} MetricName="ThrottledEvents"`,
    (found) => `SUM(${found}) / 60`,
  );
  const quota = { value: SWF_HEARTBEATS_PER_SECOND, label: 'quota of the account, beside a bucket of 2,000' };
  return graph('Beats a second, against the 160 of SWF', [requests, account, throttled], { leftAnnotations: [quota] });
}

/** Of every domain of the account in this region: a search has room for 1,024 characters, too few to name them. */
function timeouts(): IWidget {
  const lost = search('', 'Namespace="AWS/SWF" MetricName="StartedActivityTasksTimedOutOnHeartbeat"');
  return graph('Tasks lost in this region, because their heartbeats stopped', [lost]);
}

function outcomes({ stackName }: RelayMetrics): IWidget {
  const all = search('', `{${METRICS_NAMESPACE},service} service="${stackName}"`);
  return graph('Outcomes but plain recorded beats, by code', [all]);
}

function cancellations(metrics: RelayMetrics): IWidget {
  const codes = ['CancelRequested', 'CancelRequestedFromCache'];
  return graph(
    'Answers that asked to cancel',
    codes.map((code) => metrics.own(code)),
  );
}

function latency(metrics: RelayMetrics): IWidget {
  const series = [
    metrics.ofGateway('Latency', Stats.p(50)),
    metrics.ofGateway('Latency', Stats.p(99)),
    metrics.ofFunction('Duration', Stats.p(99)),
  ];
  return graph('Latency in ms', series, { leftAnnotations: [{ value: ANSWER_MS, label: 'the relay has answered' }] });
}

function concurrency(metrics: RelayMetrics): IWidget {
  return graph('Function and gateway', [
    metrics.ofFunction('ConcurrentExecutions', Stats.MAXIMUM),
    metrics.ofFunction('Throttles', Stats.SUM),
    metrics.ofFunction('Errors', Stats.SUM),
    metrics.ofGateway('5xx', Stats.SUM),
  ]);
}
