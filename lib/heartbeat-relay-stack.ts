import { CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { ENVIRONMENT_NAMES } from '../lambda/environment.ts';
import { DomainAccess } from './domain-access.ts';
import { KeyUse } from './key-use.ts';
import { assertFits } from './limits.ts';
import { RelayApi } from './relay-api.ts';
import { RelayFunction } from './relay-function.ts';
import { type StageSettings, toDomainEntries } from './settings.ts';
import { TaskStates } from './task-states.ts';
import { WorkerKeys } from './worker-keys.ts';

/** The whole relay for one stage, in one region of one account. */
export class HeartbeatRelayStack extends Stack {
  constructor(scope: Construct, settings: StageSettings) {
    super(scope, `HeartbeatRelay-${settings.stage}`, {
      description: 'Lets activity workers without IAM credentials report heartbeats to Amazon SWF',
      env: { region: settings.region },
    });
    const workerKeys = new WorkerKeys(this, 'WorkerKeys');
    const taskStates = new TaskStates(this, 'TaskStates');
    const keyUse = new KeyUse(this, 'KeyUse');
    const roleArns = this.#domainRoleArns(settings);
    const environment = {
      ...this.#environment(settings, workerKeys, taskStates),
      [ENVIRONMENT_NAMES.keyUseTable]: keyUse.table.tableName,
    };
    const relay = new RelayFunction(this, 'Relay', {
      stack: this,
      logRetentionDays: settings.logRetentionDays,
      environment,
      statements: (logGroup) => [
        ...statementsOf(workerKeys, taskStates, roleArns, logGroup),
        new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [keyUse.table.tableArn] }),
      ],
    });
    const { policy } = relay;
    assertFits(this, { environment, policy, roleArns, domains: toDomainEntries(settings.domains) });
    const api = new RelayApi(this, 'Http', { ...settings, function: relay.function });

    new CfnOutput(this, 'RelayUrl', { value: api.url });
    new CfnOutput(this, 'WorkerKeysTable', { value: workerKeys.table.tableName });
    new CfnOutput(this, 'WorkerKeysMacKey', { value: workerKeys.macKey.keyArn });
    new CfnOutput(this, 'KeyUseTable', { value: keyUse.table.tableName });
    new CfnOutput(this, 'FunctionRoleName', { value: relay.role.roleName });
  }

  /** The stack makes a role for each domain, but where the settings name one of another account. */
  #domainRoleArns({ domains, region }: StageSettings): string[] {
    return Object.entries(domains).map(([domainName, domain]) => {
      if (domain.roleArn !== undefined) return domain.roleArn;
      const access = new DomainAccess(this, `Domain-${domainName}`, {
        stack: this,
        domainName,
        domainRegion: domain.region ?? region,
        functionRoleArn: RelayFunction.roleArn(this),
      });
      return access.roleArn;
    });
  }

  #environment({ domains }: StageSettings, workerKeys: WorkerKeys, taskStates: TaskStates): Record<string, string> {
    return {
      [ENVIRONMENT_NAMES.stackName]: this.stackName,
      [ENVIRONMENT_NAMES.partition]: this.partition,
      [ENVIRONMENT_NAMES.accountId]: this.account,
      [ENVIRONMENT_NAMES.domains]: JSON.stringify(toDomainEntries(domains)),
      [ENVIRONMENT_NAMES.workerKeysTable]: workerKeys.table.tableName,
      [ENVIRONMENT_NAMES.workerKeysMacKey]: workerKeys.macKey.keyArn,
      [ENVIRONMENT_NAMES.taskStatesTable]: taskStates.table.tableName,
    };
  }
}

/** No `swf:` permission: only the domains' roles have one. */
function statementsOf(
  workerKeys: WorkerKeys,
  taskStates: TaskStates,
  roleArns: readonly string[],
  logGroup: LogGroup,
): PolicyStatement[] {
  const allow = (actions: string[], resources: readonly string[]) =>
    new PolicyStatement({ actions, resources: [...resources] });
  return [
    allow(['sts:AssumeRole'], roleArns),
    allow(['dynamodb:GetItem'], [workerKeys.table.tableArn]),
    allow(['kms:GenerateMac'], [workerKeys.macKey.keyArn]),
    allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [taskStates.table.tableArn]),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
  ];
}
