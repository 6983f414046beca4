import { Stats } from 'aws-cdk-lib/aws-cloudwatch';

import { type AlarmDefinition, FIVE_MINUTES, THREE_IN_A_ROW, THREE_OF_FIVE } from './alarm-definition.ts';
import type { RelayMetrics } from './relay-metrics.ts';

/** In a minute. A rate that is slightly too low refuses fewer, and the workers' next heartbeats get through. */
const THROTTLED_THRESHOLD = 10;

/** As the mean over containers and 5 minutes: most containers meet throttling by SWF at least every half minute. */
const PRESSURE_PERCENT = 50;

/**
 * A rate limit of the relay is used up, or SWF throttles for so long that pacing cannot make up for it. There is no alarm on the
 * share of paced heartbeats, because a high share is no fault: see decision 0017.
 */
export function fairShareAlarms(metrics: RelayMetrics): AlarmDefinition[] {
  const throttled = { threshold: THROTTLED_THRESHOLD, ...THREE_OF_FIVE, noDataMeans: 'that no rate was used up' };
  return [
    {
      name: 'KeyThrottled',
      metric: metrics.ofRelay('KeyThrottled'),
      summary: 'Workers of a key send more heartbeats than its rate allows, and the relay refuses the rest.',
      ...throttled,
    },
    {
      name: 'DomainThrottled',
      metric: metrics.ofRelay('DomainThrottled'),
      summary:
        'Workers of a domain together send more heartbeats than its rate allows, and the relay refuses the rest.',
      ...throttled,
    },
    {
      name: 'PressureHigh',
      metric: metrics.ofFairShare('Pressure', Stats.AVERAGE, FIVE_MINUTES),
      threshold: PRESSURE_PERCENT,
      ...THREE_IN_A_ROW,
      summary: 'SWF has throttled most containers for 15 minutes. Workers hear of cancel requests later.',
      noDataMeans: 'that there were no heartbeats',
    },
  ];
}
