import type { Policy } from './iam/policy.ts';
import type { Principal } from './iam/principals.ts';

/** Who calls, as far as IAM is concerned. */
export interface Identity {
  readonly principal: Principal;
  /** The managed policies attached to a user. A user without this member is the account's administrator. */
  readonly managedPolicyArns?: readonly string[];
  /** Limits what a session may do. */
  readonly sessionPolicy?: Policy;
}
