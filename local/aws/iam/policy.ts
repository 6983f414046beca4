import type { Statement } from './statement.ts';

/** What a policy is attached to. A `trust`, `key` or `function` policy belongs to a role, a KMS key or a function. */
export type PolicyKind = 'identity' | 'session' | 'trust' | 'key' | 'function';

/** A parsed, deeply frozen policy. */
export interface Policy {
  readonly kind: PolicyKind;
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Freezes a value and everything it contains. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
