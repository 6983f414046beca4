import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function,
  type FunctionOptions,
  type FunctionProps,
  type IFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { MODULE_REPLACEMENTS } from './bundling.ts';
import { createLogGroup, type LogSettings } from './log-group.ts';
import type { RoleNaming } from './role-naming.ts';

export interface RelayFunctionProps {
  readonly roles: RoleNaming;
  readonly logSettings: LogSettings;
  /** Containers reserved for the function, and its maximum. Without it the function shares the account's quota. */
  readonly reservedConcurrency: number | undefined;
  readonly environment: Record<string, string>;
  /** All permissions of the function. */
  readonly statements: (logGroup: LogGroup) => PolicyStatement[];
}

/** Longer than the gateway's 5 s, so that the gateway answers even for a hung start, and not Lambda. */
const FUNCTION_TIMEOUT = Duration.seconds(6);
const MEMORY_MB = 512;

const ROOT = join(import.meta.dirname, '..');

/** Beside the package's only JavaScript file. */
const PREBUILT = join(import.meta.dirname, 'function');

/** The function with its own log group and a role. The role has a fixed name, and its whole policy is inline. */
export class RelayFunction extends Construct {
  readonly function: IFunction;
  /** What the gateway invokes. Moving it to an earlier version takes a deployment of code back. */
  readonly alias: IFunction;
  readonly logs: LogGroup;
  readonly role: Role;
  readonly policy: PolicyDocument;

  constructor(scope: Construct, id: string, props: RelayFunctionProps) {
    super(scope, id);
    const { roles, logSettings, reservedConcurrency, environment, statements } = props;
    this.logs = createLogGroup(this, 'Logs', 'function', logSettings);
    this.policy = new PolicyDocument({ statements: statements(this.logs) });
    this.role = new Role(this, 'Role', {
      roleName: roles.functionRole,
      ...(roles.path === '/' ? {} : { path: roles.path }),
      description: 'Role of the heartbeat relay function',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Relay: this.policy },
    });
    const relay = createFunction(this, {
      description: 'Forwards heartbeats of activity tasks to SWF, each in its worker’s own domain',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: FUNCTION_TIMEOUT,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      role: this.role.withoutPolicyUpdates(),
      environment,
      logGroup: this.logs,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      // A higher level would drop the lines that contain metrics.
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Without it, CloudFormation would delete the version that a roll-back needs.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    this.function = relay;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- CDK's own types ignore exactOptionalPropertyTypes
    this.alias = relay.addAlias('live') as IFunction;
  }
}

/** The published package contains the function's bundle. This project's own app makes it from the sources. */
function createFunction(scope: Construct, options: FunctionOptions & Pick<FunctionProps, 'runtime'>): Function {
  if (existsSync(PREBUILT)) {
    return new Function(scope, 'Function', { ...options, code: Code.fromAsset(PREBUILT), handler: 'index.handler' });
  }
  return new NodejsFunction(scope, 'Function', {
    ...options,
    entry: `${ROOT}/lambda/index.ts`,
    projectRoot: ROOT,
    depsLockFilePath: `${ROOT}/package-lock.json`,
    awsSdkConnectionReuse: false,
    bundling: BUNDLING,
  });
}

/** Options for esbuild that differ from the defaults. */
export const BUNDLING = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  target: 'node24',
  minify: true,
  bundleAwsSDK: true,
  esbuildArgs: Object.fromEntries(Object.entries(MODULE_REPLACEMENTS).map(([name, file]) => [`--alias:${name}`, file])),
};
