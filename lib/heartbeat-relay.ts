import { Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { Alarms } from './alarms.ts';
import { Canary } from './canary.ts';
import { RelayDashboard } from './dashboard.ts';
import { DomainAccess } from './domain-access.ts';
import { allowLogs, useOfKey } from './encryption.ts';
import { toEnvironment, toStatements } from './function-access.ts';
import { grantAll } from './grant-all.ts';
import type { HeartbeatRelayProps, RelayTables } from './heartbeat-relay-props.ts';
import { assertFits } from './limits.ts';
import type { LogSettings } from './log-group.ts';
import { issuing, type KeyResources, OperatorPolicies, revoking, viewing } from './operator-policies.ts';
import { type ParsedProps, parseProps } from './parse-props.ts';
import { RelayApi } from './relay-api.ts';
import { RelayFunction } from './relay-function.ts';
import { RelayMetrics } from './relay-metrics.ts';
import { addCustomDomainOutput, addOutputs, toDomainsOutput, toMacKeyOutputs } from './relay-outputs.ts';
import { createTables, type TableParts, toTables } from './relay-tables.ts';
import { RoleNaming } from './role-naming.ts';
import { SavedQueries } from './saved-queries.ts';
import { toDomainEntries } from './settings.ts';

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
    const tables = createTables(this, props, this.#settings, this.#roles);
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
    addCustomDomainOutput(this, api.customDomain, name);
    const outputs = {
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
    };
    addOutputs(this, outputs, name);
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

  #createFunction(tables: TableParts, { encryptionKey }: HeartbeatRelayProps): RelayFunction {
    const roleArns = this.#createDomainRoles();
    const environment = toEnvironment(this.#stack, this.relayName, this.#settings, tables, this.#roles);
    const relay = new RelayFunction(this, 'Relay', {
      roles: this.#roles,
      logSettings: this.#logSettings(encryptionKey),
      reservedConcurrency: this.#settings.reservedConcurrency,
      environment,
      statements: (logGroup) => [
        ...toStatements(tables, roleArns, logGroup),
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
        operations: domain.operations,
      });
      return access.roleArn;
    });
  }
}
