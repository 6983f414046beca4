import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What the settings say about every log group. */
export interface LogSettings {
  readonly relayName: string;
  readonly logRetentionDays: number;
  /** Without it, CloudFormation makes the names up. */
  readonly logGroupPrefix: string | undefined;
}

/**
 * Creates a log group that is deleted with the stack.
 *
 * @param name what follows the prefix and the relay's name.
 */
export function createLogGroup(
  scope: Construct,
  id: string,
  name: string,
  { relayName, logRetentionDays, logGroupPrefix }: LogSettings,
): LogGroup {
  return new LogGroup(scope, id, {
    ...(logGroupPrefix === undefined ? {} : { logGroupName: `${logGroupPrefix}${relayName}/${name}` }),
    retention: logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
