import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** The alarm fires when `datapointsToAlarm` of the last `evaluationPeriods` periods reach the threshold. */
export interface Evaluation {
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
}

/** One alarm. It fires at or above its threshold, unless it says otherwise. */
export interface AlarmDefinition extends Evaluation {
  /** Its section in docs/runbook.md. The alarm's name is the stack's name, a hyphen and this. */
  readonly name: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** What has happened when the alarm fires. */
  readonly summary: string;
  /** Why missing data is not an alarm, or why it is one. */
  readonly noDataMeans: string;
  /** The alarm fires below its threshold, and where there is no data. */
  readonly firesOnSilence?: true;
}

/** For events that must never happen. */
export const ONE_OF_ONE: Evaluation = { datapointsToAlarm: 1, evaluationPeriods: 1 };
/** A single minute can be one broken container or connection. */
export const TWO_OF_FIVE: Evaluation = { datapointsToAlarm: 2, evaluationPeriods: 5 };
/** Short disturbances of AWS end sooner. */
export const THREE_OF_FIVE: Evaluation = { datapointsToAlarm: 3, evaluationPeriods: 5 };
export const TWO_IN_A_ROW: Evaluation = { datapointsToAlarm: 2, evaluationPeriods: 2 };
export const THREE_IN_A_ROW: Evaluation = { datapointsToAlarm: 3, evaluationPeriods: 3 };

export const FIVE_MINUTES = Duration.minutes(5);
export const ONE_DAY = Duration.days(1);
