import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What the settings say about every log group. */
export interface LogSettings {
  readonly relayName: string;
  readonly logRetentionDays: number;
  /** Without it, CloudFormation makes the names up. */
  readonly logGroupPrefix: string | undefined;
  /** Keeps the log group when the stack is deleted. */
  readonly retainLogs: boolean;
  readonly encryptionKey: IKey | undefined;
}

/**
 * Creates a log group. Unless the settings keep it, it is deleted with the stack.
 *
 * @param name what follows the prefix and the relay's name.
 */
export function createLogGroup(
  scope: Construct,
  id: string,
  name: string,
  { relayName, logRetentionDays, logGroupPrefix, retainLogs, encryptionKey }: LogSettings,
): LogGroup {
  return new LogGroup(scope, id, {
    ...(logGroupPrefix === undefined ? {} : { logGroupName: `${logGroupPrefix}${relayName}/${name}` }),
    retention: logRetentionDays,
    removalPolicy: retainLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  });
}
