import { requestContext } from './context.ts';
import { denialSentence, type DenialReason } from './denial.ts';
import type { Policy, PolicyKind } from './policy.ts';
import type { Closeness, Principal } from './principals.ts';
import { covers, namesCaller, type Situation, type Statement, type StatementId } from './statement.ts';

/** A request as IAM sees it: one principal, one action, one resource, and condition keys. */
export interface AccessRequest {
  readonly principal: Principal;
  /** For example `swf:RecordActivityTaskHeartbeat`. */
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  /** Condition keys in any case. `evaluate` itself sets the keys of the principal, such as `aws:PrincipalArn`. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** The policies that apply to one request: those of the caller, of its session, and of the resource. */
export interface PoliciesInForce {
  readonly identity: readonly Policy[];
  readonly session?: Policy;
  readonly resource?: Policy;
}

/** Allowed, with the statements that justify it, or denied, with IAM's sentence. */
export type Decision =
  | { readonly allowed: true; readonly by: readonly StatementId[] }
  | { readonly allowed: false; readonly reason: DenialReason; readonly sentence: string };

/**
 * Decides a request by IAM's rules within one account (IAM User Guide,
 * reference_policies_evaluation-logic_policy-eval-denyallow):
 *
 * 1. A Deny in any policy denies the request.
 * 2. An Allow in the resource policy for the user, the session ARN, the service or everyone is sufficient, even if the
 *    other policies do not allow the request.
 * 3. An Allow for the session's role is also sufficient, but the session policy must allow the request as well.
 * 4. An Allow for the account delegates: the identity policies and the session policy must allow the request.
 * 5. Otherwise the identity policies and the session policy decide. Roles and KMS keys are an exception: their resource
 *    policy must allow the request. If it is missing, the request is denied.
 *
 * A service principal has no policies of its own, so only the resource policy decides. Not implemented: other accounts,
 * permissions boundaries, organization and endpoint policies, KMS grants.
 *
 * @throws TypeError if a policy has the wrong kind for its place.
 */
export function evaluate(request: AccessRequest, policies: PoliciesInForce): Decision {
  assertPlaces(policies);
  const situation = { ...request, context: requestContext(request.principal, request.context) };
  const inForce = request.principal.kind === 'aws-service' ? withoutOwn(policies) : policies;
  const denier = findDenier(situation, inForce);
  if (denier !== undefined) {
    return { allowed: false, reason: 'explicit-deny', sentence: denialSentence(request, true, denier.kind) };
  }
  return decideAllows(situation, inForce);
}

function decideAllows(situation: Situation, { identity, session, resource }: PoliciesInForce): Decision {
  const resourceAllows = resource === undefined ? [] : allowsOf(situation, resource);
  const named = (closeness: Closeness): readonly StatementId[] =>
    resourceAllows.filter((allow) => allow.closeness === closeness).map(({ id }) => id);
  if (named('caller').length > 0) return { allowed: true, by: named('caller') };

  const mustAllow = resourceMustAllow(situation) ?? resource?.kind;
  const isRequired = mustAllow === 'trust' || mustAllow === 'key' || situation.principal.kind === 'aws-service';
  if (isRequired && resourceAllows.length === 0) {
    return denied(situation, 'no-resource-policy-allows', mustAllow ?? 'function');
  }
  const delegated = identity.flatMap((policy) => idsOf(allowsOf(situation, policy)));
  const granting = named('role').length > 0 ? named('role') : delegated;
  if (granting.length === 0) return denied(situation, 'no-identity-policy-allows', 'identity');
  const sessionAllows = session === undefined ? [] : idsOf(allowsOf(situation, session));
  if (session !== undefined && sessionAllows.length === 0) {
    return denied(situation, 'no-session-policy-allows', 'session');
  }
  const delegating = isRequired && granting === delegated ? named('account') : [];
  return { allowed: true, by: [...granting, ...sessionAllows, ...delegating] };
}

/** The kind of resource policy that must allow a request, even if there is no such policy. */
function resourceMustAllow({ action, resource }: Situation): 'trust' | 'key' | undefined {
  const service = action.toLowerCase().split(':')[0];
  if (service === 'sts' && /^arn:[^:]*:iam::[^:]*:role\//.test(resource)) return 'trust';
  return service === 'kms' && /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(resource) ? 'key' : undefined;
}

interface ApplicableAllow {
  readonly id: StatementId;
  readonly closeness: Closeness;
}

function allowsOf(situation: Situation, policy: Policy): readonly ApplicableAllow[] {
  return policy.statements.flatMap((statement) => {
    const closeness = statement.effect === 'Allow' ? applies(statement, situation) : undefined;
    return closeness === undefined ? [] : [{ id: statement.id, closeness }];
  });
}

const idsOf = (allows: readonly ApplicableAllow[]): readonly StatementId[] => allows.map(({ id }) => id);

const applies = (statement: Statement, situation: Situation): Closeness | undefined =>
  covers(statement, situation) ? namesCaller(statement, situation.principal) : undefined;

const findDenier = (situation: Situation, { identity, session, resource }: PoliciesInForce): Policy | undefined =>
  [...identity, session, resource].find((policy) =>
    policy?.statements.some((statement) => statement.effect === 'Deny' && applies(statement, situation) !== undefined),
  );

const denied = (situation: Situation, reason: DenialReason, kind: PolicyKind): Decision => ({
  allowed: false,
  reason,
  sentence: denialSentence(situation, false, kind),
});

const withoutOwn = ({ resource }: PoliciesInForce): PoliciesInForce =>
  resource === undefined ? { identity: [] } : { identity: [], resource };

/** A trust policy among the identity policies, for example, would count as the caller's own permissions. */
function assertPlaces({ identity, session, resource }: PoliciesInForce): void {
  const isMisplaced =
    identity.some(({ kind }) => kind !== 'identity') ||
    (session !== undefined && session.kind !== 'session') ||
    resource?.kind === 'identity' ||
    resource?.kind === 'session';
  if (isMisplaced) throw new TypeError('a policy has the wrong kind for its place');
}
