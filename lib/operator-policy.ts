import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import type { NamedTable, WorkerKeys } from './worker-keys.ts';

export interface OperatorPolicyProps {
  readonly workerKeys: WorkerKeys;
  readonly keyUse: { readonly table: NamedTable };
}

/** All that issuing, listing, showing, rotating and revoking worker keys takes. The stack attaches it to nobody. */
export class OperatorPolicy extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { workerKeys, keyUse }: OperatorPolicyProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const allow = (actions: string[], resource: string) => new PolicyStatement({ actions, resources: [resource] });
    const policy = new ManagedPolicy(this, 'Policy', {
      description: `Manages the worker keys of ${stack.stackName}`,
      statements: [
        allow(['cloudformation:DescribeStacks'], arnByName(stack)),
        allow(['kms:GenerateMac'], workerKeys.macKey.keyArn),
        allow(
          ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
          workerKeys.table.tableArn,
        ),
        allow(['dynamodb:GetItem', 'dynamodb:Scan'], keyUse.table.tableArn),
      ],
    });
    Validations.of(this).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:cloudformation:${stack.region}:<AWS::AccountId>:stack/${stack.stackName}/*]`,
      reason: 'CloudFormation holds a stack asked for by name against stack/<name>/*; its id is not known before.',
    });
    this.arn = policy.managedPolicyArn;
  }
}

/** A stack's ARN ends in an id of CloudFormation's. */
function arnByName(stack: Stack): string {
  return stack.formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${stack.stackName}/*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
