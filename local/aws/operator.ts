import type { Caller } from './api.ts';
import type { Realm } from './realm.ts';

/** Returns the person who deploys the stack, under the policies and faults of a realm. */
export function toOperator(accountId: string, realm: Realm): Caller {
  return { principal: { kind: 'user', arn: toOperatorArn(accountId), accountId }, accountId, realm };
}

/** Whether the operator's own credentials signed the call. A session is never the operator. */
export function isOperator({ principal, accountId }: Caller): boolean {
  return principal.kind === 'user' && principal.arn === toOperatorArn(accountId);
}

const toOperatorArn = (accountId: string): string => `arn:aws:iam::${accountId}:user/operator`;
