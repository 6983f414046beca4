import { Stats } from 'aws-cdk-lib/aws-cloudwatch';

import { type AlarmDefinition, FIVE_MINUTES, TWO_IN_A_ROW } from './alarm-definition.ts';
import type { RelayMetrics } from './relay-metrics.ts';

/** Per second, as the mean of 5 minutes. */
export interface AlarmThresholds {
  readonly requestsPerSecond: number;
  readonly clientErrorsPerSecond: number;
}

/** What a flood costs is small at first, so these alarms wait until a short burst is over. */
export function floodAlarms(metrics: RelayMetrics, thresholds: AlarmThresholds): AlarmDefinition[] {
  const { requestsPerSecond, clientErrorsPerSecond } = thresholds;
  const inFiveMinutes = (perSecond: number): number => perSecond * FIVE_MINUTES.toSeconds();
  return [
    {
      name: 'RequestRateHigh',
      metric: metrics.ofGateway('Count', Stats.SUM, FIVE_MINUTES),
      threshold: inFiveMinutes(requestsPerSecond),
      ...TWO_IN_A_ROW,
      summary: `The gateway receives ${requestsPerSecond} requests per second or more. Each costs money.`,
      noDataMeans: 'that there were no requests',
    },
    {
      name: 'ClientErrorRateHigh',
      metric: metrics.ofGateway('4xx', Stats.SUM, FIVE_MINUTES),
      threshold: inFiveMinutes(clientErrorsPerSecond),
      ...TWO_IN_A_ROW,
      summary: `The gateway answers ${clientErrorsPerSecond} requests per second or more with a 4xx status. Each costs money.`,
      noDataMeans: 'that no request was refused',
    },
  ];
}
