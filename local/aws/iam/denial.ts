import type { PolicyKind } from './policy.ts';
import type { Principal } from './principals.ts';

/** Why a request is denied. */
export type DenialReason =
  | 'explicit-deny'
  | 'no-identity-policy-allows'
  | 'no-session-policy-allows'
  | 'no-resource-policy-allows';

const POLICY_NAMES: Readonly<Record<PolicyKind, { readonly name: string; readonly article: string }>> = {
  identity: { name: 'identity-based policy', article: 'an' },
  session: { name: 'session policy', article: 'a' },
  key: { name: 'resource-based policy', article: 'a' },
  function: { name: 'resource-based policy', article: 'a' },
  trust: { name: 'role trust policy', article: 'the' },
};

interface Denied {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
}

/**
 * IAM's own sentence for a denial, as clients print it. `kind` is the kind of policy that denies, or fails to allow.
 * Source: IAM User Guide, "Troubleshoot access denied error messages" (troubleshoot_access-denied).
 */
export function denialSentence(request: Denied, isExplicit: boolean, kind: PolicyKind): string {
  const { principal, action, resource } = request;
  const caller = principal.kind === 'aws-service' ? principal.name : principal.arn;
  const { name, article } = POLICY_NAMES[kind];
  const cause = isExplicit
    ? `with an explicit deny in ${article} ${name}`
    : `because no ${name} allows the ${action} action`;
  return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${cause}`;
}
