import { Annotations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { defineAlarms } from './alarm-definitions.ts';
import type { AlarmThresholds } from './flood-alarms.ts';
import type { RelayMetrics } from './relay-metrics.ts';

export interface AlarmsProps {
  readonly metrics: RelayMetrics;
  readonly thresholds: AlarmThresholds;
  readonly reservedConcurrency: number | undefined;
  /** The alarms notify it. Without it they notify nobody. */
  readonly topic: ITopic | undefined;
}

/** Alarms that notify the operator before tasks time out. Each has the name of its section in the runbook. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { metrics, thresholds, reservedConcurrency, topic }: AlarmsProps) {
    super(scope, id);
    this.all = defineAlarms(metrics, thresholds, reservedConcurrency).map(
      ({ name, summary, noDataMeans, metric, threshold, datapointsToAlarm, evaluationPeriods }) =>
        new Alarm(this, name, {
          alarmName: `${metrics.relayName}-${name}`,
          alarmDescription: `${summary} No data means ${noDataMeans}. What to do: docs/runbook.md, section ${name}.`,
          metric,
          threshold,
          datapointsToAlarm,
          evaluationPeriods,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }),
    );
    if (topic === undefined) {
      const message = 'alarmTopicArn is not set, so the alarms notify nobody';
      Annotations.of(this).addWarningV2('heartbeat-relay:alarms-notify-nobody', message);
      return;
    }
    const notify = new SnsAction(topic);
    for (const alarm of this.all) alarm.addAlarmAction(notify);
  }
}
