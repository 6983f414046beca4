import { type IMetric, type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';

import { METRICS_NAMESPACE } from '../lambda/environment.ts';
import { graph, search } from './graph-widget.ts';
import { ONE_MINUTE, type RelayMetrics } from './relay-metrics.ts';

/** SWF's refill rate for an account. Its bucket holds 2,000 heartbeats (SWF developer guide, quotas). */
const SWF_HEARTBEATS_PER_SECOND = 160;

export function heartbeats(metrics: RelayMetrics): IWidget {
  const requests = new MathExpression({
    expression: 'requests / PERIOD(requests)',
    usingMetrics: { requests: metrics.ofGateway('Count', Stats.SUM) },
    label: 'requests to this relay',
    period: ONE_MINUTE,
  });
  const ofRelay = (name: 'recorded' | 'forwarded', metric: 'Recorded' | 'Forwarded', label: string) =>
    new MathExpression({
      expression: `${name} / PERIOD(${name})`,
      usingMetrics: { [name]: metrics.ofFairShare(metric, Stats.SUM) },
      label,
      period: ONE_MINUTE,
    });
  const recorded = ofRelay('recorded', 'Recorded', 'heartbeats of this relay that SWF recorded');
  const forwarded = ofRelay('forwarded', 'Forwarded', 'calls of this relay to SWF');
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
  return graph('Heartbeats per second (SWF quota: 160)', [requests, recorded, forwarded, account, throttled], {
    leftAnnotations: [quota],
  });
}

/** Covers every domain of the account in this region. A search allows 1,024 characters, too few to list the domains. */
export function timeouts(): IWidget {
  const lost = search('', 'Namespace="AWS/SWF" MetricName="StartedActivityTasksTimedOutOnHeartbeat"');
  return graph('Tasks lost to heartbeat timeouts in this region', [lost]);
}

export function outcomes({ relayName }: RelayMetrics): IWidget {
  const all = search('', `{${METRICS_NAMESPACE},service} service="${relayName}"`);
  return graph('Outcomes by code, without plain recorded heartbeats', [all]);
}

export function fairShare(metrics: RelayMetrics): IWidget {
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

export function cancellations(metrics: RelayMetrics): IWidget {
  const codes = ['CancelRequested', 'CancelRequestedFromCache'];
  return graph(
    'Answers that request cancellation',
    codes.map((code) => metrics.ofRelay(code)),
  );
}
