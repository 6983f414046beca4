import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import type { NamedTable, WorkerKeys } from './worker-keys.ts';

export interface OperatorPolicyProps {
  readonly workerKeys: WorkerKeys;
  readonly keyEvents: { readonly table: NamedTable };
  readonly keyUse: { readonly table: NamedTable };
}

/** The permissions to issue, list, show, rotate, revoke and purge worker keys. The stack attaches the policy to nobody. */
export class OperatorPolicy extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { workerKeys, keyEvents, keyUse }: OperatorPolicyProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
    const policy = new ManagedPolicy(this, 'Policy', {
      description: `Manages the worker keys of ${stack.stackName}`,
      statements: [
        allow(['cloudformation:DescribeStacks'], stackArnPattern(stack)),
        allow(['kms:GenerateMac'], ...workerKeys.macKeyArns),
        allow(
          ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
          workerKeys.table.tableArn,
        ),
        allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], keyUse.table.tableArn),
        // Nobody who manages keys may delete what happened to them.
        allow(
          ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
          keyEvents.table.tableArn,
        ),
      ],
    });
    Validations.of(this).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:${stack.partition}:cloudformation:${stack.region}:<AWS::AccountId>:stack/${stack.stackName}/*]`,
      reason:
        'CloudFormation checks a stack that is requested by name against stack/<name>/*. Its id is not known in advance.',
    });
    this.arn = policy.managedPolicyArn;
  }
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
