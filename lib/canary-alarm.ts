import { type AlarmDefinition, THREE_IN_A_ROW } from './alarm-definition.ts';
import type { RelayMetrics } from './relay-metrics.ts';

/** Fires within 10 minutes of silence: three periods of 2 minutes, and what is left of the one in which it began. */
export function canaryAlarm(metrics: RelayMetrics): AlarmDefinition {
  return {
    name: 'CanaryFailed',
    metric: metrics.ofCanary(),
    threshold: 1,
    ...THREE_IN_A_ROW,
    firesOnSilence: true,
    summary: 'The relay does not answer the canary, or cannot read worker keys.',
    noDataMeans: 'silence: the canary does not run, and nobody checks the relay',
  };
}
