/** What a policy is attached to: `trust`, `key` and `function` are resource policies of a role, a KMS key and a function. */
export type PolicyKind = 'identity' | 'session' | 'trust' | 'key' | 'function';
