import type { MacKeys } from '../environment/environment.ts';
import type { KnownKey } from './known-key.ts';
import type { SecretSource } from './mac-message.ts';

/** A multi-Region KMS key and its replicas in other regions have the same id and the same key material. */
const MULTI_REGION_ID = /:key\/mrk-[0-9a-f]{32}$/;

/**
 * The KMS key of this stack that a record names. The relay asks KMS for no other key: whoever can write a record can write
 * any ARN into it.
 *
 * @returns its ARN in this stack's region; undefined if the stack has no such key.
 */
export function findMacKey({ newest, earlier }: MacKeys, kmsKeyArn: string): string | undefined {
  return [newest, earlier].find((own) => own !== undefined && toId(own) === toId(kmsKeyArn));
}

/** Marks a key that a KMS key of another stack derived, or one that this stack has given up. */
export function markOtherMacKey(macKeys: MacKeys, key: KnownKey | undefined): KnownKey | undefined {
  if (key === undefined || findMacKey(macKeys, key.derivation.kmsKeyArn) !== undefined) return key;
  return { ...key, hasOtherMacKey: true };
}

/** The KMS key that derives a secret. Without one of this stack the caller is refused, but takes the same steps. */
export function toMacKey(macKeys: MacKeys, source: SecretSource | KnownKey): string {
  const named = 'derivation' in source ? findMacKey(macKeys, source.derivation.kmsKeyArn) : undefined;
  return named ?? macKeys.newest;
}

function toId(kmsKeyArn: string): string {
  return MULTI_REGION_ID.exec(kmsKeyArn)?.[0] ?? kmsKeyArn;
}
