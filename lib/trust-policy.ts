import { ROLE_ARN } from '../lambda/environment.ts';
import type { StageSettings } from './settings.ts';

/** The account is known at deployment alone. */
const ACCOUNT_OF_THE_STACK = '<account of the stack>';

/**
 * For each role of another account the trust policy to paste there, with a line of whom it is for; nothing where the
 * stage names no such role.
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
  const account = `arn:${partition}:iam::${ACCOUNT_OF_THE_STACK}`;
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
