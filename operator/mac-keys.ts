import type { WorkerKeyRecord } from '../lambda/workers/key-record.ts';
import { findMacKey } from '../lambda/workers/mac-keys.ts';
import type { MacKeyName } from './mac-key-names.ts';
import type { Target } from './target.ts';

type Derived = Pick<WorkerKeyRecord, 'derivation'>;

/** The KMS keys of a relay, the newest first. */
export function macKeyArnsOf({ macKeyArn, earlierMacKeyArn }: Target): readonly string[] {
  return earlierMacKeyArn === undefined ? [macKeyArn] : [macKeyArn, earlierMacKeyArn];
}

/** The ARN, in the relay's region, of the KMS key that a record names. Undefined if the relay does not have it. */
export function macKeyOf({ macKeyArn, earlierMacKeyArn }: Target, { derivation }: Derived): string | undefined {
  return findMacKey({ newest: macKeyArn, earlier: earlierMacKeyArn }, derivation.kmsKeyArn);
}

export function macKeyNameOf(target: Target, record: Derived): MacKeyName {
  const arn = macKeyOf(target, record);
  if (arn === undefined) return 'other';
  return arn === target.macKeyArn ? 'newest' : 'earlier';
}
