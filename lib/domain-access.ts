import type { Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { domainArn, type Operation, toActions } from '../lambda/environment/environment.ts';
import type { RoleNaming } from './role-naming.ts';

export interface DomainAccessProps {
  readonly stack: Stack;
  readonly roles: RoleNaming;
  readonly domainName: string;
  /** The domain's region. The role's name and trust policy use the stack's region. */
  readonly domainRegion: string;
  readonly operations: readonly Operation[] | undefined;
}

/** A role that may only do in one SWF domain what the settings name: record heartbeats, and end tasks if they say so. Only the relay's function may assume it. */
export class DomainAccess extends Construct {
  /** Built from the role's name, so that the length of the function's policy is known at synthesis. */
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: DomainAccessProps) {
    super(scope, id);
    const { stack, roles, domainName, domainRegion, operations } = props;
    const roleName = roles.ofDomain(domainName);
    this.roleArn = roles.arnOf(roleName);
    // Trusts the account on the condition that the caller is the function's role. Trust in the account alone would
    // leave the choice to the account's policies. Trust in the role as principal breaks when the role is recreated.
    const trusted = new AccountRootPrincipal().withConditions({
      ArnEquals: { 'aws:PrincipalArn': roles.functionRoleArn },
    });
    const work = new PolicyStatement({
      actions: toActions(operations),
      resources: [domainArn(stack.partition, domainRegion, stack.account, domainName)],
    });
    new Role(this, 'Role', {
      roleName,
      ...(roles.path === '/' ? {} : { path: roles.path }),
      description: `Records heartbeats in the SWF domain ${domainName} for the heartbeat relay`,
      assumedBy: trusted,
      inlinePolicies: { Heartbeat: new PolicyDocument({ statements: [work] }) },
    });
  }
}
