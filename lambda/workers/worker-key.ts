import { createHash } from 'node:crypto';

import type { Loggable } from '../http/trace.ts';

/** `HBRK` and 16 base32 characters. The fixed prefix lets secret scanners find a leaked key. */
export type KeyId = Loggable & { readonly kind: 'KeyId' };

/** 43 base64url characters: the HMAC-SHA-256 that binds a key id to its domains. */
export type WorkerSecret = string & { readonly kind: 'WorkerSecret' };

/** How a secret was derived. A record's fields depend on the version: a new field needs a higher one. */
export interface Derivation {
  readonly version: 1;
  readonly kmsKeyArn: string;
}

/** A row of the table of worker keys. It holds no secret. */
export interface WorkerKeyRecord {
  readonly keyId: KeyId;
  /** For people: whom or what the key was issued to. */
  readonly label: string;
  readonly domains: readonly string[];
  readonly status: 'active' | 'revoked';
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Epoch milliseconds from which on the key is refused; null where there is none. */
  readonly expiresAtMs: number | null;
  readonly derivation: Derivation;
}

const KEY_ID = /^HBRK[A-Z2-7]{16}$/;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_ID_PREFIX = 'HBRK';

export function isKeyId(text: string): text is KeyId {
  return KEY_ID.test(text);
}

/** @param randomBytes 16 of them; each gives 5 bits, and 256 is a multiple of 32, so none is favoured. */
export function toKeyId(randomBytes: Uint8Array): KeyId {
  const characters = Array.from(randomBytes, (byte) => BASE32.charAt(byte % BASE32.length));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built to the form
  return `${KEY_ID_PREFIX}${characters.join('')}` as KeyId;
}

/** @param mac 32 bytes from KMS. */
export function toWorkerSecret(mac: Uint8Array): WorkerSecret {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one maker of the brand
  return Buffer.from(mac).toString('base64url') as WorkerSecret;
}

/** Each domain once, in the order of their UTF-16 code units. */
export function toDomainSet(domains: readonly string[]): string[] {
  return [...new Set(domains)].sort();
}

/**
 * The bytes whose HMAC is the secret of a key. Every key ever issued depends on this form: it must never change for
 * derivation version 1.
 */
export function toMacMessage(keyId: KeyId, domains: readonly string[]): Uint8Array {
  const grant = createHash('sha256').update(toDomainSet(domains).join('\n')).digest('hex');
  return Buffer.from(`swf-heartbeat-relay/v1\n${keyId}\n${grant}`, 'utf8');
}

/** Whether the record lets its key in at all, whatever its secret. */
export function isUsable(record: WorkerKeyRecord, nowMs: number): boolean {
  return record.status === 'active' && (record.expiresAtMs === null || nowMs < record.expiresAtMs);
}
