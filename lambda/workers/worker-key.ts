import { createHash } from 'node:crypto';

import type { Loggable } from '../http/trace.ts';

/** `HBRK` and 16 base32 characters. The fixed prefix lets secret scanners find a leaked key. */
export type KeyId = Loggable & { readonly kind: 'KeyId' };

/** 43 base64url characters: the HMAC-SHA-256 that binds a key id to its domains. */
export type WorkerSecret = string & { readonly kind: 'WorkerSecret' };

/** How a secret was derived. The version also fixes the record's fields: a new field needs a higher version. */
export interface Derivation {
  readonly version: 1;
  readonly kmsKeyArn: string;
}

/** A row of the worker keys table. It contains no secret. */
export interface WorkerKeyRecord {
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
  readonly derivation: Derivation;
}

const KEY_ID = /^HBRK[A-Z2-7]{16}$/;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_ID_PREFIX = 'HBRK';

export function isKeyId(text: string): text is KeyId {
  return KEY_ID.test(text);
}

/** @param randomBytes 16 bytes. Each gives 5 bits. 256 is a multiple of 32, so all characters are equally likely. */
export function toKeyId(randomBytes: Uint8Array): KeyId {
  const characters = Array.from(randomBytes, (byte) => BASE32.charAt(byte % BASE32.length));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built in the key id's format
  return `${KEY_ID_PREFIX}${characters.join('')}` as KeyId;
}

/** @param mac 32 bytes from KMS. */
export function toWorkerSecret(mac: Uint8Array): WorkerSecret {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that creates this branded type
  return Buffer.from(mac).toString('base64url') as WorkerSecret;
}

/** Unique names, sorted by UTF-16 code units. */
export function toDomainSet(domains: readonly string[]): string[] {
  return [...new Set(domains)].sort();
}

/**
 * The bytes whose HMAC is the secret of a key. Every issued key depends on this format, so it must never change for
 * derivation version 1.
 */
export function toMacMessage(keyId: KeyId, domains: readonly string[]): Uint8Array {
  const grant = createHash('sha256').update(toDomainSet(domains).join('\n')).digest('hex');
  return Buffer.from(`swf-heartbeat-relay/v1\n${keyId}\n${grant}`, 'utf8');
}

/** Whether the key is active and not expired. This does not check its secret. */
export function isUsable(record: WorkerKeyRecord, nowMs: number): boolean {
  return record.status === 'active' && (record.expiresAtMs === null || nowMs < record.expiresAtMs);
}
