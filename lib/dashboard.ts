import { Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  type IWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { FULL_WIDTH, graph } from './graph-widget.ts';
import { cancellations, heartbeats, notDue, outcomes, throttling, timeouts } from './heartbeat-widgets.ts';
import { busiestKeys, requestsByDomain } from './key-widgets.ts';
import { ONE_MINUTE, type RelayMetrics } from './relay-metrics.ts';

export interface RelayDashboardProps {
  readonly metrics: RelayMetrics;
  readonly alarms: readonly Alarm[];
  readonly logGroup: ILogGroup;
  readonly runbookUrl: string | undefined;
}

/** The relay answers within this time. */
const ANSWER_WITHIN_MS = 4_500;

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
        [notDue(metrics), throttling(metrics)],
        [outcomes(metrics), cancellations(metrics)],
        [requestsByDomain(logGroup), busiestKeys(logGroup)],
        [successRate(metrics), latency(metrics)],
        [concurrency(metrics)],
      ],
    });
  }
}

function successRate(metrics: RelayMetrics): IWidget {
  const rate = new MathExpression({
    expression: '100 * (requests - refused - failed) / requests',
    usingMetrics: {
      requests: metrics.ofGateway('Count', Stats.SUM),
      refused: metrics.ofGateway('4xx', Stats.SUM),
      failed: metrics.ofGateway('5xx', Stats.SUM),
    },
    label: 'answered with 200, in percent',
    period: ONE_MINUTE,
  });
  return graph('Requests answered with status 200, in percent of all requests', [rate], {
    leftYAxis: { min: 0, max: 100 },
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
    metrics.ofGateway('Latency', Stats.p(50)).with({ label: 'median' }),
    metrics.ofGateway('Latency', Stats.p(99)).with({ label: '99th percentile' }),
    metrics.ofFunction('Duration', Stats.p(99)).with({ label: 'Lambda function alone, 99th percentile' }),
  ];
  return graph('Response time in milliseconds: API Gateway, and its Lambda function alone', series, {
    leftAnnotations: [{ value: ANSWER_WITHIN_MS, label: 'maximum for the relay' }],
  });
}

function concurrency(metrics: RelayMetrics): IWidget {
  return graph('Lambda concurrency, throttles and errors, and API Gateway 5xx, per minute', [
    metrics.ofFunction('ConcurrentExecutions', Stats.MAXIMUM),
    metrics.ofFunction('Throttles', Stats.SUM),
    metrics.ofFunction('Errors', Stats.SUM),
    metrics.ofGateway('5xx', Stats.SUM),
  ]);
}
