import { deriveMac } from '../lambda/aws/kms.ts';
import type { RecordV2, WorkerKeyRecord } from '../lambda/workers/key-record.ts';
import { toSealMessage } from '../lambda/workers/mac-message.ts';
import { macKeyOf } from './mac-keys.ts';
import type { Target } from './target.ts';

/**
 * Whether a record is as it was issued. `unsealed`: version 1 has no seal. `unchecked`: the caller derived no MAC, or the relay
 * does not have the KMS key that did.
 */
export type SealState = 'intact' | 'altered' | 'unchecked' | 'unsealed';

/** The seal of a version 2 record, under one of the relay's KMS keys. Fails as `deriveMac` does. */
export async function deriveSeal(
  { kms }: Target,
  macKeyArn: string,
  { keyId, grant }: Pick<RecordV2, 'keyId' | 'grant'>,
): Promise<string> {
  return Buffer.from(await deriveMac(kms, macKeyArn, toSealMessage(keyId, grant))).toString('base64url');
}

/** Only with a KMS key of the relay's own: whoever alters a record may name another. */
export async function isIntact(target: Target, record: WorkerKeyRecord): Promise<boolean> {
  if (!('grant' in record)) return true;
  const macKeyArn = macKeyOf(target, record);
  return macKeyArn !== undefined && (await deriveSeal(target, macKeyArn, record)) === record.seal;
}

/** Checks seals for a caller who may lack `kms:GenerateMac`. After the first failure it asks no more. */
export class SealChecker {
  readonly #target: Target;
  #isRefused = false;

  constructor(target: Target) {
    this.#target = target;
  }

  async check(record: WorkerKeyRecord): Promise<SealState> {
    if (!('grant' in record)) return 'unsealed';
    if (this.#isRefused || macKeyOf(this.#target, record) === undefined) return 'unchecked';
    try {
      return (await isIntact(this.#target, record)) ? 'intact' : 'altered';
    } catch {
      // Denied, or KMS can't be reached. A look at a key works without it, and says that the seal was not checked.
      this.#isRefused = true;
      return 'unchecked';
    }
  }
}
