import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { join } from 'node:path';

import { CANARY_NAMESPACE } from '../lambda/environment/environment.ts';
import { createLogGroup, type LogSettings } from './log-group.ts';
import { CANARY_INTERVAL } from './relay-metrics.ts';
import type { RoleNaming } from './role-naming.ts';

export interface CanaryProps {
  readonly relayName: string;
  readonly relayUrl: string;
  /** Any domain of the relay: the canary's key is refused before the domain matters. */
  readonly domain: string;
  readonly logSettings: LogSettings;
  readonly roles: RoleNaming;
}

/** Longer than the two requests may take together. */
const TIMEOUT = Duration.seconds(25);

/** A function that checks the relay from outside, with no permission but to write its log. */
export class Canary extends Construct {
  constructor(scope: Construct, id: string, { relayName, relayUrl, domain, logSettings, roles }: CanaryProps) {
    super(scope, id);
    const logGroup = createLogGroup(this, 'Logs', 'canary', logSettings);
    const write = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    const role = new Role(this, 'Role', {
      roleName: roles.ofPart('canary'),
      ...(roles.path === '/' ? {} : { path: roles.path }),
      description: 'Role of the canary of the heartbeat relay',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Canary: new PolicyDocument({ statements: [write] }) },
    });
    const canary = new Function(this, 'Function', {
      description: 'Checks that the heartbeat relay answers and can read worker keys',
      code: Code.fromAsset(join(import.meta.dirname, 'canary')),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 128,
      timeout: TIMEOUT,
      role: role.withoutPolicyUpdates(),
      logGroup,
      environment: {
        RELAY_NAME: relayName,
        RELAY_URL: relayUrl,
        RELAY_DOMAIN: domain,
        METRICS_NAMESPACE: CANARY_NAMESPACE,
      },
    });
    const target = new LambdaFunction(canary, { retryAttempts: 0 });
    new Rule(this, 'Schedule', { schedule: Schedule.rate(CANARY_INTERVAL), targets: [target] });
  }
}
