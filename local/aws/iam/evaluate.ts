import { requestContext } from './context.ts';
import { denialSentence, type DenialReason } from './denial.ts';
import type { Policy, PolicyKind } from './policy.ts';
import type { Closeness, Principal } from './principals.ts';
import { covers, namesCaller, type Situation, type Statement, type StatementId } from './statement.ts';

/** A request as IAM sees it: one principal, one action, one resource, and the condition keys known about it. */
export interface AccessRequest {
  readonly principal: Principal;
  /** For example `swf:RecordActivityTaskHeartbeat`. */
  readonly action: string;
  /** An ARN, or `*` for actions that have no resource. */
  readonly resource: string;
  /** Condition keys in any case; those of the principal (`aws:PrincipalArn` and the like) are filled in and cannot be given. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** The policies that bear on one request: the caller's, its session's, and that of the resource. */
export interface PoliciesInForce {
  readonly identity: readonly Policy[];
  readonly session?: Policy;
  readonly resource?: Policy;
}

/** Allowed, with the statements the decision rests on; or denied, with IAM's sentence. */
export type Decision =
  | { readonly allowed: true; readonly by: readonly StatementId[] }
  | { readonly allowed: false; readonly reason: DenialReason; readonly sentence: string };

/**
 * Decides a request by IAM's rule for one account (IAM User Guide, reference_policies_evaluation-logic_policy-eval-denyallow):
 *
 * 1. A Deny in any policy ends it.
 * 2. A resource policy that names the user, the session ARN, the service or everyone is enough, whatever the other policies omit.
 * 3. One that names the session's role is enough too, but the session policy must allow as well.
 * 4. One that names the account delegates: the identity policies must allow, and the session policy.
 * 5. Without any of these the identity policies and the session policy decide, except for roles and KMS keys, where the resource
 *    policy must allow. A request on one of those that comes without its policy is denied.
 *
 * A service principal has no policies of its own: the resource policy alone decides. Not modelled: other accounts, permissions
 * boundaries, organization and endpoint policies, KMS grants. Throws a TypeError where a policy stands in the wrong place.
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

/** The kind of resource policy that must allow a request, whether or not it came with one. */
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

/** A trust policy among the identity policies would be read as the caller's own rights. */
function assertPlaces({ identity, session, resource }: PoliciesInForce): void {
  const isMisplaced =
    identity.some(({ kind }) => kind !== 'identity') ||
    (session !== undefined && session.kind !== 'session') ||
    resource?.kind === 'identity' ||
    resource?.kind === 'session';
  if (isMisplaced) throw new TypeError('a policy stands where its kind does not belong');
}
