import type { Loggable } from '../http/trace.ts';

/** `HBRK` and 16 base32 characters. The fixed prefix lets secret scanners find a leaked key. */
export type KeyId = Loggable & { readonly kind: 'KeyId' };

/** 43 base64url characters: the HMAC-SHA-256 that binds a key id to what the key may do. */
export type WorkerSecret = string & { readonly kind: 'WorkerSecret' };

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
