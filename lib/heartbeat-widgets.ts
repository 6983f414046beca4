import { type IMetric, type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';

import { METRICS_NAMESPACE } from '../lambda/environment/environment.ts';
import { graph, search } from './graph-widget.ts';
import { ONE_MINUTE, type RelayMetrics } from './relay-metrics.ts';

/** SWF's refill rate for an account. Its bucket holds 2,000 heartbeats (SWF developer guide, quotas). */
const SWF_HEARTBEATS_PER_SECOND = 160;

export function heartbeats(metrics: RelayMetrics): IWidget {
  const requests = new MathExpression({
    expression: 'requests / PERIOD(requests)',
    usingMetrics: { requests: metrics.ofGateway('Count', Stats.SUM) },
    label: 'this relay: requests from workers',
    period: ONE_MINUTE,
  });
  const ofRelay = (name: 'recorded' | 'forwarded', metric: 'Recorded' | 'Forwarded', label: string) =>
    new MathExpression({
      expression: `${name} / PERIOD(${name})`,
      usingMetrics: { [name]: metrics.ofFairShare(metric, Stats.SUM) },
      label,
      period: ONE_MINUTE,
    });
  const recorded = ofRelay('recorded', 'Recorded', 'this relay: recorded by SWF');
  const forwarded = ofRelay('forwarded', 'Forwarded', 'this relay: calls to SWF');
  const swfHeartbeats = 'Namespace="AWS/SWF" APIName="RecordActivityTaskHeartbeat"';
  const account = search(
    'whole account: heartbeats',
    `${swfHeartbeats} MetricName="ConsumedCapacity"`,
    (found) => `SUM(${found}) / 60`,
  );
  const throttled = search(
    'whole account: throttled by SWF',
    `${swfHeartbeats} MetricName="ThrottledEvents"`,
    (found) => `SUM(${found}) / 60`,
  );
  const quota = {
    value: SWF_HEARTBEATS_PER_SECOND,
    label: `SWF quota in this region: ${SWF_HEARTBEATS_PER_SECOND} (burst 2,000)`,
  };
  return graph(
    'Heartbeats per second: received, sent on to SWF, whole account, SWF quota',
    [requests, recorded, forwarded, account, throttled],
    {
      leftAnnotations: [quota],
    },
  );
}

/** Covers every domain of the account in this region. A search allows 1,024 characters, too few to list the domains. */
export function timeouts(): IWidget {
  const lost = search('', 'Namespace="AWS/SWF" MetricName="StartedActivityTasksTimedOutOnHeartbeat"');
  return graph('Activity tasks timed out on a late heartbeat, all SWF domains of the region', [lost]);
}

export function outcomes({ relayName }: RelayMetrics): IWidget {
  const all = search('', `{${METRICS_NAMESPACE},service} service="${relayName}"`);
  return graph('Answers other than plain success, per minute: refusals, failures, cancels', [all]);
}

/** High is good: these heartbeats cost nothing of SWF's quota. */
export function notDue(metrics: RelayMetrics): IWidget {
  const share = new MathExpression({
    expression: '100 * paced / (paced + forwarded)',
    usingMetrics: {
      paced: metrics.ofFairShare('Paced', Stats.SUM),
      forwarded: metrics.ofFairShare('Forwarded', Stats.SUM),
    },
    label: 'answered without a call to SWF',
    period: ONE_MINUTE,
  });
  return graph('Heartbeats not due yet, answered without a call to SWF, in percent', [share], {
    leftYAxis: { min: 0, max: 100 },
  });
}

/** High is bad: heartbeats are refused, by SWF (left) or by the relay (right). */
export function throttling(metrics: RelayMetrics): IWidget {
  const pressure = [Stats.AVERAGE, Stats.MAXIMUM].map((statistic) =>
    metrics.ofFairShare('Pressure', statistic).with({ label: `by SWF, ${statistic.toLowerCase()} of containers` }),
  );
  const refused = (code: string, id: string, whose: string): IMetric =>
    new MathExpression({
      expression: `${id} / PERIOD(${id})`,
      usingMetrics: { [id]: metrics.ofRelay(code) },
      label: `refused per second: rate of a ${whose}`,
      period: ONE_MINUTE,
    });
  return graph('SWF throttling (100: now, 0: not for a minute); refused/s: key or domain over its rate', pressure, {
    leftYAxis: { min: 0, max: 100 },
    right: [refused('KeyThrottled', 'ofKeys', 'key'), refused('DomainThrottled', 'ofDomains', 'domain')],
    rightYAxis: { min: 0 },
  });
}

export function cancellations(metrics: RelayMetrics): IWidget {
  const codes = ['CancelRequested', 'CancelRequestedFromCache'];
  return graph(
    'Answers per minute with cancelRequested true (several for one task)',
    codes.map((code) => metrics.ofRelay(code)),
  );
}
