import { ROLE_ARN } from '../lambda/environment/environment.ts';
import type { StageSettings } from './settings.ts';

/** The account is known only at deployment. */
const ACCOUNT_PLACEHOLDER = '<account of the stack>';

/**
 * The trust policy for each role in another account, with a line that names the role. Empty without such roles.
 */
export function toTrustPolicies({ domains }: StageSettings, functionRoleName: string): string {
  const externalIds = new Map<string, Set<string>>();
  for (const { roleArn, externalId } of Object.values(domains)) {
    if (roleArn === undefined) continue;
    const known = externalIds.get(roleArn) ?? new Set();
    externalIds.set(roleArn, externalId === undefined ? known : known.add(externalId));
  }
  const texts = [...externalIds].map(([roleArn, ids]) => toText(roleArn, [...ids], functionRoleName));
  return texts.join('\n');
}

function toText(roleArn: string, externalIds: readonly string[], functionRoleName: string): string {
  const { partition = '', accountId = '' } = ROLE_ARN.exec(roleArn)?.groups ?? {};
  const account = `arn:${partition}:iam::${ACCOUNT_PLACEHOLDER}`;
  const [only, ...others] = externalIds;
  const shown = others.length === 0 ? only : externalIds;
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: `${account}:root` },
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': `${account}:role/${functionRoleName}` },
          ...(shown === undefined ? {} : { StringEquals: { 'sts:ExternalId': shown } }),
        },
      },
    ],
  };
  return `In account ${accountId}, ${roleArn} needs this trust policy:\n${JSON.stringify(policy, undefined, 2)}\n`;
}
