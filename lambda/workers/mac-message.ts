import { createHash } from 'node:crypto';

import { type KeyGrant, toCanonicalJson } from './key-grant.ts';
import type { KeyId } from './worker-key.ts';

/** What a secret binds its key to: the names of domains (version 1), or a grant (version 2). */
export type KeyBinding = { readonly domains: readonly string[] } | { readonly grant: KeyGrant };

/** What a secret is derived from. No issued key has an empty list of domains. */
export type SecretSource = KeyBinding & { readonly keyId: KeyId };

/** The bytes whose HMAC is the secret of a key of either version. */
export function toSecretMessage(source: SecretSource): Uint8Array {
  return 'grant' in source ? toMacMessageV2(source.keyId, source.grant) : toMacMessage(source.keyId, source.domains);
}

/** Unique names, sorted by UTF-16 code units. */
export function toDomainSet(domains: readonly string[]): string[] {
  return [...new Set(domains)].sort();
}

/**
 * The bytes whose HMAC is the secret of a version 1 key. Every issued key depends on this format, so it must never
 * change for derivation version 1.
 */
export function toMacMessage(keyId: KeyId, domains: readonly string[]): Uint8Array {
  return toMessage('swf-heartbeat-relay/v1', keyId, toDomainSet(domains).join('\n'));
}

/** The bytes whose HMAC is the secret of a version 2 key. Frozen, like version 1. */
export function toMacMessageV2(keyId: KeyId, grant: KeyGrant): Uint8Array {
  return toMessage('swf-heartbeat-relay/v2', keyId, toCanonicalJson(grant));
}

/**
 * The bytes whose HMAC is the seal of a version 2 record. It differs from the secret's message, so that a record that
 * leaks gives away no secret. Whoever may derive it can tell whether the record was altered since the key was issued.
 */
export function toSealMessage(keyId: KeyId, grant: KeyGrant): Uint8Array {
  return toMessage('swf-heartbeat-relay/v2/record', keyId, toCanonicalJson(grant));
}

function toMessage(purpose: string, keyId: KeyId, bound: string): Uint8Array {
  const digest = createHash('sha256').update(bound).digest('hex');
  return Buffer.from(`${purpose}\n${keyId}\n${digest}`, 'utf8');
}
