import { Annotations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { defineAlarms } from './alarm-definitions.ts';
import type { RelayMetrics } from './relay-metrics.ts';

export interface AlarmsProps {
  readonly metrics: RelayMetrics;
  readonly reservedConcurrency: number | undefined;
  /** Whom the alarms wake. Without it they are there to look at. */
  readonly topicArn: string | undefined;
}

/** What wakes somebody before tasks die. Each alarm is called after its section of the runbook. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { metrics, reservedConcurrency, topicArn }: AlarmsProps) {
    super(scope, id);
    this.all = defineAlarms(metrics, reservedConcurrency).map(
      ({ name, says, noDataMeans, metric, threshold, datapointsToAlarm, evaluationPeriods }) =>
        new Alarm(this, name, {
          alarmName: `${metrics.stackName}-${name}`,
          alarmDescription: `${says} No data means ${noDataMeans}. What to do: docs/runbook.md, section ${name}.`,
          metric,
          threshold,
          datapointsToAlarm,
          evaluationPeriods,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }),
    );
    if (topicArn === undefined) {
      const message = 'alarmTopicArn is not set: the alarms are made, but notify nobody';
      Annotations.of(this).addWarningV2('heartbeat-relay:alarms-notify-nobody', message);
      return;
    }
    const notify = new SnsAction(Topic.fromTopicArn(this, 'Topic', topicArn));
    for (const alarm of this.all) alarm.addAlarmAction(notify);
  }
}
