import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type IFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { fileURLToPath } from 'node:url';

import { functionRoleName } from '../lambda/environment.ts';
import { REPLACED } from './bundling.ts';
import { roleArnOf } from './domain-access.ts';

export interface RelayFunctionProps {
  readonly stack: Stack;
  readonly logRetentionDays: number;
  /** How many containers it may have, kept free for it; without it, what the account's limit leaves. */
  readonly reservedConcurrency: number | undefined;
  readonly environment: Record<string, string>;
  /** All that the function may do. */
  readonly statements: (logGroup: LogGroup) => PolicyStatement[];
}

/** Past the gateway's 5 s, so that even a hung start gets the gateway's answer and not Lambda's. */
const FUNCTION_TIMEOUT = Duration.seconds(6);
const MEMORY_MB = 512;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The function, with a role of a fixed name that holds its whole policy inline, and a log group of its own. */
export class RelayFunction extends Construct {
  readonly function: IFunction;
  readonly logs: LogGroup;
  readonly role: Role;
  readonly policy: PolicyDocument;

  constructor(scope: Construct, id: string, props: RelayFunctionProps) {
    super(scope, id);
    const { stack, logRetentionDays, reservedConcurrency, environment, statements } = props;
    this.logs = new LogGroup(this, 'Logs', { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
    this.policy = new PolicyDocument({ statements: statements(this.logs) });
    this.role = new Role(this, 'Role', {
      roleName: functionRoleName(stack.stackName, stack.region),
      description: 'The function of the heartbeat relay',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Relay: this.policy },
    });
    this.function = new NodejsFunction(this, 'Function', {
      description: 'Forwards heartbeats of activity tasks to SWF, each in its worker’s own domain',
      entry: `${ROOT}lambda/index.ts`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: FUNCTION_TIMEOUT,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      role: this.role.withoutPolicyUpdates(),
      environment,
      awsSdkConnectionReuse: false,
      logGroup: this.logs,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      // Anything above INFO would drop the lines that carry metrics.
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      bundling: BUNDLING,
    });
  }

  /** Known from its name alone, so that the domains' roles can name it before it exists. */
  static roleArn(stack: Stack): string {
    return roleArnOf(stack, functionRoleName(stack.stackName, stack.region));
  }
}

/** What esbuild is told beyond its defaults. */
export const BUNDLING = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  target: 'node24',
  minify: true,
  bundleAwsSDK: true,
  esbuildArgs: Object.fromEntries(Object.entries(REPLACED).map(([name, file]) => [`--alias:${name}`, file])),
};
