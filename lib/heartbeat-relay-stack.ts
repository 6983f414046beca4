import { CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { allowsEnds, ENVIRONMENT_NAMES, functionRoleName } from '../lambda/environment.ts';
import { Alarms } from './alarms.ts';
import { RelayDashboard } from './dashboard.ts';
import { DomainAccess, roleArnOf } from './domain-access.ts';
import { KeyEvents } from './key-events.ts';
import { KeyUse } from './key-use.ts';
import { assertFits } from './limits.ts';
import { OperatorPolicies } from './operator-policies.ts';
import { RateLimits } from './rate-limits.ts';
import { RelayApi } from './relay-api.ts';
import { RelayFunction } from './relay-function.ts';
import { RelayMetrics } from './relay-metrics.ts';
import { SavedQueries } from './saved-queries.ts';
import { type StageSettings, toDomainEntries } from './settings.ts';
import { stackNameOf } from './stack-name.ts';
import { TaskStates } from './task-states.ts';
import { WorkerKeys } from './worker-keys.ts';

interface Tables {
  readonly workerKeys: WorkerKeys;
  readonly keyEvents: KeyEvents;
  readonly taskStates: TaskStates;
  readonly keyUse: KeyUse;
  readonly rateLimits: RateLimits;
}

/** The whole relay for one stage, in one region of one account. */
export class HeartbeatRelayStack extends Stack {
  /** @param adoptingStages the stages whose functions may derive secrets with this stack's KMS key, too. */
  constructor(scope: Construct, settings: StageSettings, adoptingStages: readonly string[]) {
    super(scope, stackNameOf(settings.stage), {
      description: 'Lets activity workers without IAM credentials report heartbeats to Amazon SWF',
      env: { region: settings.region },
    });
    const tables = this.#createTables(settings, adoptingStages);
    const roleArns = this.#createDomainRoles(settings);
    const environment = this.#environment(settings, tables);
    const { throttle, logRetentionDays, logGroupPrefix, customDomain } = settings;
    const logSettings = { logRetentionDays, logGroupPrefix };
    const relay = new RelayFunction(this, 'Relay', {
      stack: this,
      logSettings,
      reservedConcurrency: settings.reservedConcurrency,
      environment,
      statements: (logGroup) => statementsOf(tables, roleArns, logGroup),
    });
    const { policy } = relay;
    assertFits(this, { environment, policy, roleArns, domains: toDomainEntries(settings.domains) });
    const api = new RelayApi(this, 'Http', { function: relay.function, throttle, logSettings, customDomain });
    const operator = new OperatorPolicies(this, 'Operator', tables);
    this.#addMonitoring(settings, relay, api);
    this.#addOutputs({
      RelayUrl: api.url,
      WorkerKeysTable: tables.workerKeys.table.tableName,
      ...toMacKeyOutputs(tables.workerKeys),
      KeyUseTable: tables.keyUse.table.tableName,
      KeyEventsTable: tables.keyEvents.table.tableName,
      FunctionRoleName: relay.role.roleName,
      ViewerPolicyArn: operator.viewerArn,
      RevokerPolicyArn: operator.revokerArn,
      // The policy to issue keys. Its name is older than the other two.
      OperatorPolicyArn: operator.issuerArn,
      Domains: toDomainsOutput(settings),
    });
  }

  #createTables(settings: StageSettings, adoptingStages: readonly string[]): Tables {
    const { macKeyGenerations = [1] } = settings.workerKeys ?? {};
    const adopted = findAdopted(settings);
    const own = { macKeyGenerations, deriverArns: this.#deriverArns(settings, adoptingStages) };
    return {
      workerKeys: new WorkerKeys(this, 'WorkerKeys', adopted ?? own),
      keyEvents: new KeyEvents(this, 'KeyEvents', adopted?.eventsTableName ?? undefined),
      taskStates: new TaskStates(this, 'TaskStates', Object.values(settings.domains).some(allowsEnds)),
      keyUse: new KeyUse(this, 'KeyUse'),
      rateLimits: new RateLimits(this, 'RateLimits'),
    };
  }

  /** Undefined unless the settings limit who may derive secrets. */
  #deriverArns({ workerKeys }: StageSettings, adoptingStages: readonly string[]): string[] | undefined {
    if (workerKeys?.issuerArns === undefined) return undefined;
    const roleOf = (stage: string): string => roleArnOf(this, functionRoleName(stackNameOf(stage), this.region));
    return [RelayFunction.roleArn(this), ...adoptingStages.map(roleOf), ...workerKeys.issuerArns];
  }

  #addMonitoring(settings: StageSettings, relay: RelayFunction, api: RelayApi): void {
    const { reservedConcurrency, alarmThresholds: thresholds, alarmTopicArn: topicArn } = settings;
    const metrics = new RelayMetrics(relay.function, api.apiId);
    const { all: alarms } = new Alarms(this, 'Alarms', { metrics, thresholds, reservedConcurrency, topicArn });
    new RelayDashboard(this, 'Watch', { metrics, alarms });
    new SavedQueries(this, 'Queries', relay.logs);
  }

  /** Commands and people find the stack's parts through its outputs. */
  #addOutputs(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  /** Creates a role for each domain, unless the settings name a role in another account. */
  #createDomainRoles({ domains, region }: StageSettings): string[] {
    return Object.entries(domains).map(([domainName, domain]) => {
      if (domain.roleArn !== undefined) return domain.roleArn;
      const access = new DomainAccess(this, `Domain-${domainName}`, {
        stack: this,
        domainName,
        domainRegion: domain.region ?? region,
        functionRoleArn: RelayFunction.roleArn(this),
        operations: domain.operations,
      });
      return access.roleArn;
    });
  }

  #environment({ domains }: StageSettings, tables: Tables): Record<string, string> {
    const { workerKeys, keyEvents, taskStates, keyUse, rateLimits } = tables;
    return {
      [ENVIRONMENT_NAMES.stackName]: this.stackName,
      [ENVIRONMENT_NAMES.partition]: this.partition,
      [ENVIRONMENT_NAMES.accountId]: this.account,
      [ENVIRONMENT_NAMES.domains]: JSON.stringify(toDomainEntries(domains)),
      [ENVIRONMENT_NAMES.workerKeysTable]: workerKeys.table.tableName,
      [ENVIRONMENT_NAMES.workerKeysMacKey]: workerKeys.macKeyArns.join(','),
      [ENVIRONMENT_NAMES.taskStatesTable]: taskStates.table.tableName,
      [ENVIRONMENT_NAMES.keyUseTable]: keyUse.table.tableName,
      [ENVIRONMENT_NAMES.keyEventsTable]: keyEvents.table.tableName,
      [ENVIRONMENT_NAMES.rateLimitsTable]: rateLimits.table.tableName,
    };
  }
}

/** The keys of an earlier stack, if the settings name them. */
function findAdopted({ workerKeys }: StageSettings) {
  return workerKeys !== undefined && 'tableName' in workerKeys ? workerKeys : undefined;
}

/** Commands issue keys with the first, and check records with both. */
function toMacKeyOutputs({ macKeyArns: [newest = '', earlier] }: WorkerKeys): Record<string, string> {
  return { WorkerKeysMacKey: newest, ...(earlier === undefined ? {} : { WorkerKeysEarlierMacKey: earlier }) };
}

/** Like the environment variable, without external ids. Only the function and the role's owner should know those. */
function toDomainsOutput({ domains }: StageSettings): string {
  return JSON.stringify(toDomainEntries(domains), (name, value: unknown) =>
    name === 'externalId' ? undefined : value,
  );
}

/** The function has no `swf:` permission. Only the domains' roles have one. */
function statementsOf(
  { workerKeys, keyEvents, taskStates, keyUse, rateLimits }: Tables,
  roleArns: readonly string[],
  logGroup: LogGroup,
): PolicyStatement[] {
  const allow = (actions: string[], resources: readonly string[]) =>
    new PolicyStatement({ actions, resources: [...resources] });
  return [
    allow(['sts:AssumeRole'], roleArns),
    allow(['dynamodb:BatchGetItem'], [workerKeys.table.tableArn, keyEvents.table.tableArn]),
    allow(['kms:GenerateMac'], workerKeys.macKeyArns),
    allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [taskStates.table.tableArn]),
    allow(['dynamodb:UpdateItem'], [keyUse.table.tableArn, rateLimits.table.tableArn]),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
    // CloudFormation updates the role before the function. Until then, and after a roll-back, earlier code reads by this.
    allow(['dynamodb:GetItem'], [workerKeys.table.tableArn]),
  ];
}
