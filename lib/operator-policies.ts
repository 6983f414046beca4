import { ArnFormat, Stack, Token, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { useOfKey } from './encryption.ts';
import type { NamedTable } from './heartbeat-relay-props.ts';
import type { WorkerKeys } from './worker-keys.ts';

/** What people who work with worker keys need. */
export interface KeyResources {
  readonly workerKeys: WorkerKeys;
  readonly keyEvents: { readonly table: NamedTable };
  readonly keyUse: { readonly table: NamedTable };
  /** Encrypts the tables. Whoever reads or writes them uses it. */
  readonly encryptionKey: IKey | undefined;
}

export interface OperatorPoliciesProps extends KeyResources {
  readonly relayName: string;
}

/**
 * Three managed policies for people who work with worker keys. The stack attaches them to nobody.
 *
 * - The viewer lists and shows keys and their history.
 * - The revoker also revokes keys, and can neither issue a key nor take anything back.
 * - The issuer does everything that the commands do. Whoever may issue keys can derive every worker's secret.
 *
 * Nobody may delete what happened to a key.
 */
export class OperatorPolicies extends Construct {
  readonly viewerArn: string;
  readonly revokerArn: string;
  readonly issuerArn: string;

  constructor(scope: Construct, id: string, props: OperatorPoliciesProps) {
    super(scope, id);
    const toArn = (name: string, description: string, statements: PolicyStatement[]): string =>
      new ManagedPolicy(this, name, { description: `${description} ${props.relayName}`, statements }).managedPolicyArn;
    // Deployed stacks have this one, attached to people. Its id and its description must not change: CloudFormation
    // would replace the policy.
    this.issuerArn = toArn('Policy', 'Manages the worker keys of', issuing(this, props));
    this.viewerArn = toArn('Viewer', 'Views the worker keys of', viewing(this, props));
    this.revokerArn = toArn('Revoker', 'Views and revokes the worker keys of', [
      ...viewing(this, props),
      ...revoking(this, props),
    ]);
    const { partition, region, account, stackName } = Stack.of(this);
    const owner = toNagText(account, 'AWS::AccountId');
    const arn = `arn:${toNagText(partition, 'AWS::Partition')}:cloudformation:${region}:${owner}:stack/${stackName}/*`;
    Validations.of(this).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}]`,
      reason:
        'CloudFormation checks a stack that is requested by name against stack/<name>/*. Its id is not known in advance.',
    });
  }
}

export function viewing(
  scope: Construct,
  { workerKeys, keyEvents, keyUse, encryptionKey }: KeyResources,
): PolicyStatement[] {
  return [
    allow(['cloudformation:DescribeStacks'], stackArnPattern(Stack.of(scope))),
    allow(['dynamodb:GetItem', 'dynamodb:Scan'], workerKeys.table.tableArn),
    allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], keyUse.table.tableArn),
    allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], keyEvents.table.tableArn),
    ...useOfKey(Stack.of(scope), encryptionKey, 'read'),
  ];
}

/**
 * IAM cannot limit a write to one sort key, so it limits the attributes. The event `revoked` has two of its own. Written
 * to any other event they mean nothing, and `UpdateItem` leaves what else the event has alone.
 */
export function revoking(scope: Construct, { workerKeys, keyEvents, encryptionKey }: KeyResources): PolicyStatement[] {
  return [
    allowUpdate(keyEvents.table, ['keyId', 'event', 'revokedAt', 'revokedBy']),
    // Version 1 keys, for code before version 2. Whoever sets a `status` back changes nothing: the event is there.
    allowUpdate(workerKeys.table, ['keyId', 'status', 'revokedAt']),
    ...useOfKey(Stack.of(scope), encryptionKey, 'write'),
  ];
}

export function issuing(
  scope: Construct,
  { workerKeys, keyEvents, keyUse, encryptionKey }: KeyResources,
): PolicyStatement[] {
  return [
    allow(['cloudformation:DescribeStacks'], stackArnPattern(Stack.of(scope))),
    allow(['kms:GenerateMac'], ...workerKeys.macKeyArns),
    allow(
      ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
      workerKeys.table.tableArn,
    ),
    allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], keyUse.table.tableArn),
    allow(
      ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      keyEvents.table.tableArn,
    ),
    ...useOfKey(Stack.of(scope), encryptionKey, 'write'),
  ];
}

function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}

/** Every request of DynamoDB that writes names attributes, the primary key's at least, so the condition is never empty. */
function allowUpdate({ tableArn }: NamedTable, attributes: string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:UpdateItem'],
    resources: [tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes } },
  });
}

/** As cdk-nag writes a pseudo parameter that only the deployment knows. */
function toNagText(value: string, pseudoParameter: string): string {
  return Token.isUnresolved(value) ? `<${pseudoParameter}>` : value;
}

/** A stack's ARN ends with an id that CloudFormation assigns. */
function stackArnPattern(stack: Stack): string {
  return stack.formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${stack.stackName}/*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
