import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { domainArn, domainRoleName } from '../lambda/environment.ts';

export interface DomainAccessProps {
  readonly stack: Stack;
  readonly domainName: string;
  /** Where the domain is; the role's name and trust belong to the stack's own region. */
  readonly domainRegion: string;
  readonly functionRoleArn: string;
}

/** The role that may record heartbeats in one SWF domain, and nothing else, for the relay's function alone. */
export class DomainAccess extends Construct {
  /** Put together from its name, so that the function's policy has a length known at synthesis. */
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { stack, domainName, domainRegion, functionRoleArn }: DomainAccessProps) {
    super(scope, id);
    const roleName = domainRoleName(stack.stackName, stack.region, domainName);
    this.roleArn = roleArnOf(stack, roleName);
    // Trusting the account alone leaves the choice to its policies, trusting a role by principal breaks when it is made
    // anew: so the account is trusted, on the condition that the caller is the function's role.
    const trusted = new AccountRootPrincipal().withConditions({ ArnEquals: { 'aws:PrincipalArn': functionRoleArn } });
    const heartbeat = new PolicyStatement({
      actions: ['swf:RecordActivityTaskHeartbeat'],
      resources: [domainArn(stack.partition, domainRegion, stack.account, domainName)],
    });
    new Role(this, 'Role', {
      roleName,
      description: `Records heartbeats in the SWF domain ${domainName} for the heartbeat relay`,
      assumedBy: trusted,
      inlinePolicies: { Heartbeat: new PolicyDocument({ statements: [heartbeat] }) },
    });
  }
}

/** A role's ARN from its name, without a reference to the resource. */
export function roleArnOf(stack: Stack, roleName: string): string {
  return stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: roleName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
