import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { DEFAULT_ROLE_PREFIX, ENVIRONMENT_NAMES } from '../lambda/environment.ts';
import { Alarms } from './alarms.ts';
import { Canary } from './canary.ts';
import { RelayDashboard } from './dashboard.ts';
import { DomainAccess } from './domain-access.ts';
import { allowLogs, useOfKey } from './encryption.ts';
import { grantAll } from './grant-all.ts';
import type { HeartbeatRelayProps } from './heartbeat-relay-props.ts';
import { KeyEvents } from './key-events.ts';
import { KeyUse } from './key-use.ts';
import { assertFits } from './limits.ts';
import type { LogSettings } from './log-group.ts';
import { issuing, type KeyResources, OperatorPolicies, revoking, viewing } from './operator-policies.ts';
import { type ParsedProps, parseProps } from './parse-props.ts';
import { RateLimits } from './rate-limits.ts';
import { RelayApi } from './relay-api.ts';
import { RelayFunction } from './relay-function.ts';
import { RelayMetrics } from './relay-metrics.ts';
import { RoleNaming } from './role-naming.ts';
import { SavedQueries } from './saved-queries.ts';
import { toDomainEntries } from './settings.ts';
import { TaskStates } from './task-states.ts';
import { type NamedTable, WorkerKeys } from './worker-keys.ts';

/** The tables of a relay. The first two may be adopted. */
export interface RelayTables {
  readonly workerKeys: NamedTable;
  readonly keyEvents: NamedTable;
  readonly taskStates: NamedTable;
  readonly keyUse: NamedTable;
  readonly rateLimits: NamedTable;
}

interface Tables {
  readonly workerKeys: WorkerKeys;
  readonly keyEvents: KeyEvents;
  readonly taskStates: TaskStates;
  readonly keyUse: KeyUse;
  readonly rateLimits: RateLimits;
}

/**
 * The whole relay: an HTTP API, a function, its tables and keys, alarms and a dashboard. Workers without IAM credentials report
 * heartbeats to it, and it reports them to SWF.
 */
export class HeartbeatRelay extends Construct {
  /** Where workers send their heartbeats. */
  readonly url: string;
  readonly api: HttpApi;
  readonly function: IFunction;
  readonly tables: RelayTables;
  readonly alarms: readonly IAlarm[];
  /** The name of the stack, and the prop `name` if there is one. Names of roles, alarms and metrics begin with it. */
  readonly relayName: string;
  readonly #settings: ParsedProps;
  readonly #stack: Stack;
  readonly #roles: RoleNaming;
  readonly #keys: KeyResources;

  constructor(scope: Construct, id: string, props: HeartbeatRelayProps) {
    super(scope, id);
    this.#stack = Stack.of(this);
    this.#settings = parseProps(this.#stack, props);
    const { name } = this.#settings;
    this.relayName = name === undefined ? this.#stack.stackName : `${this.#stack.stackName}-${name}`;
    this.#roles = new RoleNaming(this.#stack, this.relayName, this.#settings.roles ?? {});
    if (props.encryptionKey !== undefined) allowLogs(this.#stack, props.encryptionKey);
    const tables = this.#createTables(props);
    this.tables = toTables(tables);
    this.#keys = { ...tables, encryptionKey: props.encryptionKey };
    const relay = this.#createFunction(tables, props);
    this.function = relay.function;
    const api = this.#createApi(relay, props);
    this.api = api.api;
    this.url = api.url;
    if (this.#settings.canary === true) this.#addCanary(props);
    const operator = new OperatorPolicies(this, 'Operator', { ...this.#keys, relayName: this.relayName });
    this.alarms = this.#addMonitoring(relay, api, props);
    this.#addCustomDomainOutput(api);
    this.#addOutputs({
      RelayUrl: api.url,
      WorkerKeysTable: tables.workerKeys.table.tableName,
      ...toMacKeyOutputs(tables.workerKeys),
      KeyUseTable: tables.keyUse.table.tableName,
      KeyEventsTable: tables.keyEvents.table.tableName,
      FunctionName: relay.function.functionName,
      FunctionRoleName: relay.role.roleName,
      ViewerPolicyArn: operator.viewerArn,
      RevokerPolicyArn: operator.revokerArn,
      // The policy to issue keys. Its name is older than the other two.
      OperatorPolicyArn: operator.issuerArn,
      Domains: toDomainsOutput(this.#settings),
    });
  }

  /** Lets somebody issue, rotate, view and revoke worker keys. Whoever may issue keys can derive every worker's secret. */
  grantIssueKeys(grantee: IGrantable): Grant {
    return grantAll(grantee, issuing(this, this.#keys));
  }

  /** Lets somebody view and revoke worker keys. */
  grantRevokeKeys(grantee: IGrantable): Grant {
    return grantAll(grantee, [...viewing(this, this.#keys), ...revoking(this, this.#keys)]);
  }

  /** Lets somebody list and show worker keys and their history. */
  grantViewKeys(grantee: IGrantable): Grant {
    return grantAll(grantee, viewing(this, this.#keys));
  }

  #createTables({ workerKeys, encryptionKey }: HeartbeatRelayProps): Tables {
    const { macKeyGenerations, stream } = this.#settings;
    const storage = { encryptionKey, stream };
    const own = { macKeyGenerations, deriverArns: this.#deriverArns() };
    const adopted = workerKeys !== undefined && 'table' in workerKeys ? workerKeys : undefined;
    return {
      workerKeys: new WorkerKeys(this, 'WorkerKeys', adopted ?? own, storage),
      keyEvents: new KeyEvents(this, 'KeyEvents', adopted?.eventsTable ?? undefined, storage),
      taskStates: new TaskStates(this, 'TaskStates', encryptionKey),
      keyUse: new KeyUse(this, 'KeyUse', encryptionKey),
      rateLimits: new RateLimits(this, 'RateLimits', encryptionKey),
    };
  }

  /** Undefined unless the props limit who may derive secrets. */
  #deriverArns(): string[] | undefined {
    const { issuerArns } = this.#settings;
    return issuerArns === undefined ? undefined : [this.#roles.functionRoleArn, ...issuerArns];
  }

  #createFunction(tables: Tables, { encryptionKey }: HeartbeatRelayProps): RelayFunction {
    const roleArns = this.#createDomainRoles();
    const environment = this.#environment(tables);
    const relay = new RelayFunction(this, 'Relay', {
      roles: this.#roles,
      logSettings: this.#logSettings(encryptionKey),
      reservedConcurrency: this.#settings.reservedConcurrency,
      environment,
      statements: (logGroup) => [
        ...statementsOf(tables, roleArns, logGroup),
        ...useOfKey(this.#stack, encryptionKey, 'write'),
      ],
    });
    const { policy } = relay;
    assertFits(this.#stack, { environment, policy, roleArns, domains: toDomainEntries(this.#settings.domains) });
    return relay;
  }

  #logSettings(encryptionKey: IKey | undefined): LogSettings {
    const { logRetentionDays, logGroupPrefix, retainLogs = false } = this.#settings;
    return { relayName: this.relayName, logRetentionDays, logGroupPrefix, retainLogs, encryptionKey };
  }

  #createApi(relay: RelayFunction, { customDomain, encryptionKey }: HeartbeatRelayProps): RelayApi {
    return new RelayApi(this, 'Http', {
      function: relay.alias,
      relayName: this.relayName,
      throttle: this.#settings.throttle,
      logSettings: this.#logSettings(encryptionKey),
      customDomain,
    });
  }

  #addCanary({ encryptionKey }: HeartbeatRelayProps): void {
    const [domain = ''] = Object.keys(this.#settings.domains);
    const logSettings = this.#logSettings(encryptionKey);
    const { relayName, url: relayUrl } = this;
    new Canary(this, 'Canary', { relayName, relayUrl, domain, logSettings, roles: this.#roles });
  }

  #addMonitoring(
    relay: RelayFunction,
    { api: { apiId } }: RelayApi,
    { alarmTopic: topic }: HeartbeatRelayProps,
  ): readonly Alarm[] {
    const { reservedConcurrency, alarmThresholds: thresholds, runbookUrl } = this.#settings;
    const { canary = false, okActions = false } = this.#settings;
    const metrics = new RelayMetrics(this.relayName, relay.function, apiId);
    const { all: alarms } = new Alarms(this, 'Alarms', {
      metrics,
      thresholds,
      reservedConcurrency,
      canary,
      okActions,
      runbookUrl,
      topic,
    });
    new RelayDashboard(this, 'Watch', { metrics, alarms, logGroup: relay.logs, runbookUrl });
    new SavedQueries(this, 'Queries', relay.logs, this.relayName);
    return alarms;
  }

  /** Commands and people find the relay's parts through its outputs. Their names do not depend on the construct's id. */
  #addOutputs(outputs: Readonly<Record<string, string>>): void {
    const { name: prefix = '' } = this.#settings;
    for (const [name, value] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value }).overrideLogicalId(`${prefix}${name}`);
    }
  }

  #addCustomDomainOutput({ customDomain }: RelayApi): void {
    if (customDomain === undefined) return;
    const { domainName, target: value } = customDomain;
    const { name: prefix = '' } = this.#settings;
    const description = `Point ${domainName} to this name with a CNAME or an alias record`;
    new CfnOutput(this, 'CustomDomainTarget', { value, description }).overrideLogicalId(`${prefix}CustomDomainTarget`);
  }

  /** Creates a role for each domain, unless the props name a role in another account. */
  #createDomainRoles(): string[] {
    const { domains, region } = this.#settings;
    return Object.entries(domains).map(([domainName, domain]) => {
      if (domain.roleArn !== undefined) return domain.roleArn;
      const access = new DomainAccess(this, `Domain-${domainName}`, {
        stack: this.#stack,
        roles: this.#roles,
        domainName,
        domainRegion: domain.region ?? region,
      });
      return access.roleArn;
    });
  }

  #environment(tables: Tables): Record<string, string> {
    const { partition, account } = this.#stack;
    const { prefix } = this.#roles;
    const { workerKeys, keyEvents, taskStates, keyUse, rateLimits } = tables;
    return {
      [ENVIRONMENT_NAMES.stackName]: this.relayName,
      [ENVIRONMENT_NAMES.partition]: partition,
      [ENVIRONMENT_NAMES.accountId]: account,
      [ENVIRONMENT_NAMES.domains]: JSON.stringify(toDomainEntries(this.#settings.domains)),
      [ENVIRONMENT_NAMES.workerKeysTable]: workerKeys.table.tableName,
      [ENVIRONMENT_NAMES.workerKeysMacKey]: workerKeys.macKeyArns.join(','),
      [ENVIRONMENT_NAMES.taskStatesTable]: taskStates.table.tableName,
      [ENVIRONMENT_NAMES.keyUseTable]: keyUse.table.tableName,
      [ENVIRONMENT_NAMES.keyEventsTable]: keyEvents.table.tableName,
      [ENVIRONMENT_NAMES.rateLimitsTable]: rateLimits.table.tableName,
      ...(prefix === DEFAULT_ROLE_PREFIX ? {} : { [ENVIRONMENT_NAMES.rolePrefix]: prefix }),
    };
  }
}

function toTables({ workerKeys, keyEvents, taskStates, keyUse, rateLimits }: Tables): RelayTables {
  return {
    workerKeys: workerKeys.table,
    keyEvents: keyEvents.table,
    taskStates: taskStates.table,
    keyUse: keyUse.table,
    rateLimits: rateLimits.table,
  };
}

/** Commands issue keys with the first, and check records with both. */
function toMacKeyOutputs({ macKeyArns: [newest = '', earlier] }: WorkerKeys): Record<string, string> {
  return { WorkerKeysMacKey: newest, ...(earlier === undefined ? {} : { WorkerKeysEarlierMacKey: earlier }) };
}

/** Like the environment variable, without external ids. Only the function and the role's owner should know those. */
function toDomainsOutput({ domains }: ParsedProps): string {
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
