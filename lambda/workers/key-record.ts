import type { KeyGrant } from './key-grant.ts';
import type { KeyId } from './worker-key.ts';

/** How a secret was derived. The version also fixes the record's fields: a new field needs a higher version. */
export interface Derivation<Version extends 1 | 2> {
  readonly version: Version;
  readonly kmsKeyArn: string;
}

/** A version 1 row of the worker keys table. It contains no secret. The secret binds only the key id and the domains. */
export interface RecordV1 {
  readonly keyId: KeyId;
  /** Tells people for whom or what the key was issued. */
  readonly label: string;
  /** The order grants nothing. The operator's commands take the first as the default. */
  readonly domains: readonly string[];
  readonly status: 'active' | 'revoked';
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Epoch milliseconds. The relay refuses the key from then on; null means that it never expires. */
  readonly expiresAtMs: number | null;
  /** Epoch milliseconds. Missing in a record that an earlier version revoked. */
  readonly revokedAtMs?: number;
  readonly derivation: Derivation<1>;
}

/**
 * A version 2 row of the worker keys table. Nothing changes it after the key was issued: what happens to the key is in
 * the table of key events.
 */
export interface RecordV2 {
  readonly keyId: KeyId;
  readonly grant: KeyGrant;
  readonly derivation: Derivation<2>;
  /** A MAC over key id and grant, base64url. Operators check it; the function does not, because the secret proves more. */
  readonly seal: string;
}

export type WorkerKeyRecord = RecordV1 | RecordV2;
