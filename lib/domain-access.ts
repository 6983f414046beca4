import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { domainArn, domainRoleName, type Operation, toActions } from '../lambda/environment.ts';

export interface DomainAccessProps {
  readonly stack: Stack;
  readonly domainName: string;
  /** The domain's region. The role's name and trust policy use the stack's region. */
  readonly domainRegion: string;
  readonly functionRoleArn: string;
  readonly operations: readonly Operation[] | undefined;
}

/** A role that may only do in one SWF domain what the settings name: record heartbeats, and end tasks if they say so. Only the relay's function may assume it. */
export class DomainAccess extends Construct {
  /** Built from the role's name, so that the length of the function's policy is known at synthesis. */
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: DomainAccessProps) {
    super(scope, id);
    const { stack, domainName, domainRegion, functionRoleArn, operations } = props;
    const roleName = domainRoleName(stack.stackName, stack.region, domainName);
    this.roleArn = roleArnOf(stack, roleName);
    // Trusts the account on the condition that the caller is the function's role. Trust in the account alone would
    // leave the choice to the account's policies. Trust in the role as principal breaks when the role is recreated.
    const trusted = new AccountRootPrincipal().withConditions({ ArnEquals: { 'aws:PrincipalArn': functionRoleArn } });
    const work = new PolicyStatement({
      actions: toActions(operations),
      resources: [domainArn(stack.partition, domainRegion, stack.account, domainName)],
    });
    new Role(this, 'Role', {
      roleName,
      description: `Records heartbeats in the SWF domain ${domainName} for the heartbeat relay`,
      assumedBy: trusted,
      inlinePolicies: { Heartbeat: new PolicyDocument({ statements: [work] }) },
    });
  }
}

/** Builds a role's ARN from its name, without a reference to the resource. */
export function roleArnOf(stack: Stack, roleName: string): string {
  return stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: roleName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
