import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

import { DEFAULT_ROLE_PREFIX, ENVIRONMENT_NAMES } from '../lambda/environment/environment.ts';
import type { ParsedProps } from './parse-props.ts';
import type { TableParts } from './relay-tables.ts';
import type { RoleNaming } from './role-naming.ts';
import { toDomainEntries } from './settings.ts';

/** The variables of the function. What equals a default stays out, because Lambda allows 4 KB for everything. */
export function toEnvironment(
  { partition, account }: Stack,
  relayName: string,
  { domains }: ParsedProps,
  { workerKeys, keyEvents, taskStates, keyUse, rateLimits }: TableParts,
  { prefix }: RoleNaming,
): Record<string, string> {
  return {
    [ENVIRONMENT_NAMES.stackName]: relayName,
    [ENVIRONMENT_NAMES.partition]: partition,
    [ENVIRONMENT_NAMES.accountId]: account,
    [ENVIRONMENT_NAMES.domains]: JSON.stringify(toDomainEntries(domains)),
    [ENVIRONMENT_NAMES.workerKeysTable]: workerKeys.table.tableName,
    [ENVIRONMENT_NAMES.workerKeysMacKey]: workerKeys.macKeyArns.join(','),
    [ENVIRONMENT_NAMES.taskStatesTable]: taskStates.table.tableName,
    [ENVIRONMENT_NAMES.keyUseTable]: keyUse.table.tableName,
    [ENVIRONMENT_NAMES.keyEventsTable]: keyEvents.table.tableName,
    [ENVIRONMENT_NAMES.rateLimitsTable]: rateLimits.table.tableName,
    ...(prefix === DEFAULT_ROLE_PREFIX ? {} : { [ENVIRONMENT_NAMES.rolePrefix]: prefix }),
  };
}

/** The function has no `swf:` permission. Only the domains' roles have one. */
export function toStatements(
  { workerKeys, keyEvents, taskStates, keyUse, rateLimits }: TableParts,
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
