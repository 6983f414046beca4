import {
  evaluate,
  type AccessRequest,
  type Decision,
  type PoliciesInForce,
} from '../../../../local/aws/iam/evaluate.ts';
import type { DenialReason } from '../../../../local/aws/iam/denial.ts';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import type { Principal } from '../../../../local/aws/iam/principals.ts';

export const ACCOUNT = '111122223333';
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/relay/function`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/function/heartbeat-7`;
export const USER = `arn:aws:iam::${ACCOUNT}:user/ops/ada`;
export const DOMAIN_ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-role`;
export const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/mrk-1`;
export const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:relay`;
export const API = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:api1/*/*`;

export const domain = (name: string): string => `arn:aws:swf:eu-west-1:${ACCOUNT}:/domain/${name}`;
export const HEARTBEAT = 'swf:RecordActivityTaskHeartbeat';

export const theUser: Principal = { kind: 'user', arn: USER, accountId: ACCOUNT };
export const theSession: Principal = { kind: 'session', arn: SESSION, roleArn: ROLE, accountId: ACCOUNT };
export const theGateway: Principal = { kind: 'aws-service', name: 'apigateway.amazonaws.com' };

export type StatementJson = Readonly<Record<string, unknown>>;

/** A request and the policies that apply to it. Each list of statements is one policy. An absent list is no policy. */
export interface Case {
  /** A page of the IAM User Guide, or of another guide, if its name starts with that guide. */
  readonly page: string;
  /** The rule from that page, in our words. */
  readonly rule: string;
  readonly request?: Partial<AccessRequest>;
  readonly identity?: readonly StatementJson[];
  readonly session?: readonly StatementJson[];
  readonly trust?: readonly StatementJson[];
  readonly key?: readonly StatementJson[];
  readonly function?: readonly StatementJson[];
  readonly version?: string;
  readonly expected: 'allowed' | DenialReason;
}

/** By default, allows a heartbeat in any domain. */
export const allow = (over: StatementJson = {}): StatementJson => ({
  Effect: 'Allow',
  Action: HEARTBEAT,
  Resource: '*',
  ...over,
});
export const deny = (over: StatementJson = {}): StatementJson => ({ ...allow(over), Effect: 'Deny' });

export const aRequest = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: theSession,
  action: HEARTBEAT,
  resource: domain('orders'),
  context: {},
  ...over,
});

export function policiesOf(given: Omit<Case, 'page' | 'rule' | 'expected'>): PoliciesInForce {
  const document = (statements: readonly StatementJson[]) => ({
    Version: given.version ?? '2012-10-17',
    Statement: statements,
  });
  const resource = (['trust', 'key', 'function'] as const).flatMap((kind) => {
    const statements = given[kind];
    return statements === undefined ? [] : [parsePolicy(kind, kind, document(statements))];
  });
  return {
    identity: given.identity === undefined ? [] : [parsePolicy('identity', 'identity', document(given.identity))],
    ...(given.session === undefined ? {} : { session: parsePolicy('session', 'session', document(given.session)) }),
    ...(resource[0] === undefined ? {} : { resource: resource[0] }),
  };
}

export const decide = (given: Omit<Case, 'page' | 'rule' | 'expected'>): Decision =>
  evaluate(aRequest(given.request), policiesOf(given));
