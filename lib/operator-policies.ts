import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import type { NamedTable, WorkerKeys } from './worker-keys.ts';

export interface OperatorPoliciesProps {
  readonly workerKeys: WorkerKeys;
  readonly keyEvents: { readonly table: NamedTable };
  readonly keyUse: { readonly table: NamedTable };
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
    const { stackName } = Stack.of(this);
    const toArn = (name: string, description: string, statements: PolicyStatement[]): string =>
      new ManagedPolicy(this, name, { description: `${description} ${stackName}`, statements }).managedPolicyArn;
    // Deployed stacks have this one, attached to people. Its id and its description must not change: CloudFormation
    // would replace the policy.
    this.issuerArn = toArn('Policy', 'Manages the worker keys of', issuing(this, props));
    this.viewerArn = toArn('Viewer', 'Views the worker keys of', viewing(this, props));
    this.revokerArn = toArn('Revoker', 'Views and revokes the worker keys of', [
      ...viewing(this, props),
      ...revoking(props),
    ]);
    const { partition, region } = Stack.of(this);
    Validations.of(this).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:${partition}:cloudformation:${region}:<AWS::AccountId>:stack/${stackName}/*]`,
      reason:
        'CloudFormation checks a stack that is requested by name against stack/<name>/*. Its id is not known in advance.',
    });
  }
}

function viewing(scope: Construct, { workerKeys, keyEvents, keyUse }: OperatorPoliciesProps): PolicyStatement[] {
  return [
    allow(['cloudformation:DescribeStacks'], stackArnPattern(Stack.of(scope))),
    allow(['dynamodb:GetItem', 'dynamodb:Scan'], workerKeys.table.tableArn),
    allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], keyUse.table.tableArn),
    allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], keyEvents.table.tableArn),
  ];
}

/**
 * IAM cannot limit a write to one sort key, so it limits the attributes. The event `revoked` has two of its own. Written
 * to any other event they mean nothing, and `UpdateItem` leaves what else the event has alone.
 */
function revoking({ workerKeys, keyEvents }: OperatorPoliciesProps): PolicyStatement[] {
  return [
    allowUpdate(keyEvents.table, ['keyId', 'event', 'revokedAt', 'revokedBy']),
    // Version 1 keys, for code before version 2. Whoever sets a `status` back changes nothing: the event is there.
    allowUpdate(workerKeys.table, ['keyId', 'status', 'revokedAt']),
  ];
}

function issuing(scope: Construct, { workerKeys, keyEvents, keyUse }: OperatorPoliciesProps): PolicyStatement[] {
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

/** A stack's ARN ends with an id that CloudFormation assigns. */
function stackArnPattern(stack: Stack): string {
  return stack.formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${stack.stackName}/*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
