import { Annotations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { type AlarmSettings, defineAlarms } from './alarm-definitions.ts';

export interface AlarmsProps extends AlarmSettings {
  /** Notifies the topic also when an alarm ends. */
  readonly okActions: boolean;
  readonly runbookUrl: string | undefined;
  /** The alarms notify it. Without it they notify nobody. */
  readonly topic: ITopic | undefined;
}

/** Alarms that notify the operator before tasks time out. Each has the name of its section in the runbook. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { metrics, okActions, runbookUrl, topic } = props;
    this.all = defineAlarms(props).map(
      ({ name, summary, noDataMeans, metric, threshold, datapointsToAlarm, evaluationPeriods, firesOnSilence }) =>
        new Alarm(this, name, {
          alarmName: `${metrics.relayName}-${name}`,
          alarmDescription: `${summary} No data means ${noDataMeans}. What to do: ${toPlace(name, runbookUrl)}`,
          metric,
          threshold,
          datapointsToAlarm,
          evaluationPeriods,
          comparisonOperator:
            firesOnSilence === true
              ? ComparisonOperator.LESS_THAN_THRESHOLD
              : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingData: firesOnSilence === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
        }),
    );
    if (topic === undefined) {
      const message = 'alarmTopicArn is not set, so the alarms notify nobody';
      Annotations.of(this).addWarningV2('heartbeat-relay:alarms-notify-nobody', message);
      return;
    }
    const notify = new SnsAction(topic);
    for (const alarm of this.all) {
      alarm.addAlarmAction(notify);
      if (okActions) alarm.addOkAction(notify);
    }
  }
}

/** A page on the web has an anchor for each section. */
function toPlace(name: string, runbookUrl: string | undefined): string {
  return runbookUrl === undefined ? `docs/runbook.md, section ${name}.` : `${runbookUrl}#${name.toLowerCase()}`;
}
