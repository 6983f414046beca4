import type { Access } from '../../local/aws/access.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import { type KeyOperatorRole, operatorPolicyArn } from '../../local/local-aws.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { onlyResource } from '../../local/template/resources.ts';
import { domainsOf } from './least-privilege.stage.ts';

/** What somebody has a policy for. `derive secrets` is what a KMS key's own policy is for: the function and an operator do it. */
export type Work = 'function' | KeyOperatorRole | 'derive secrets';

/** Those who do their work with policies of their own. */
export const PRINCIPALS = ['function', 'issuer', 'viewer', 'revoker'] as const;

const OPERATORS: readonly KeyOperatorRole[] = ['issuer', 'viewer', 'revoker'];

/**
 * The work that may break without a part of the policy. A policy is in force for its own principal alone, and none denies
 * anything, so nobody else can miss a part of it.
 *
 * @throws Error for a policy of somebody whose work no story tells.
 */
export function workOf({ kind, name }: Pick<Policy, 'kind' | 'name'>, stack: LocalStack): Work {
  const operator = OPERATORS.find((role) => name === operatorPolicyArn(stack.template, role));
  if (operator !== undefined) return operator;
  if (kind === 'function' || isOfFunction(name, stack)) return 'function';
  if (kind === 'key') return 'derive secrets';
  throw new Error(`no story tells of the work that ${name} is for: say here whose it is`);
}

/** Whether it is a trust or an identity policy of the role of the function, or of a role that only the function assumes. */
function isOfFunction(policyName: string, stack: LocalStack): boolean {
  const { Role: functionRoleArn } = onlyResource(stack.template.resources, 'AWS::Lambda::Function');
  const roleArns = [functionRoleArn, ...domainsOf(stack).map(({ roleArn }) => roleArn)];
  return roleArns.some(
    (arn) =>
      policyName === stack.realm.access.trustOf(arn)?.name || policyName.startsWith(`${arn.split('/').at(-1) ?? ''}/`),
  );
}

/** The policies in force, but for those that others than this principal have: they may do nothing. */
export function onlyOf(principal: (typeof PRINCIPALS)[number], stack: LocalStack): Access {
  const { access } = stack.realm;
  const others = [...access.policies.values()].filter((policy) => {
    const work = workOf(policy, stack);
    return work !== principal && work !== 'derive secrets';
  });
  return others.reduce((inForce, policy) => inForce.with({ ...policy, statements: [] }), access);
}
