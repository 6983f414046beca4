import { deriveMac } from '../lambda/aws/kms.ts';
import type { KeyGrant } from '../lambda/workers/key-grant.ts';
import type { WorkerKeyRecord } from '../lambda/workers/key-record.ts';
import { toSealMessage } from '../lambda/workers/mac-message.ts';
import type { KeyId } from '../lambda/workers/worker-key.ts';
import type { Target } from './target.ts';

/** Whether a record is as it was issued. `unsealed`: version 1 has no seal. `unchecked`: the caller derived no MAC. */
export type SealState = 'intact' | 'altered' | 'unchecked' | 'unsealed';

/** The seal of a version 2 record. Fails as `deriveMac` does. */
export async function deriveSeal({ kms, macKeyArn }: Target, keyId: KeyId, grant: KeyGrant): Promise<string> {
  return Buffer.from(await deriveMac(kms, macKeyArn, toSealMessage(keyId, grant))).toString('base64url');
}

/** Always with the relay's own KMS key, whichever one the record names: whoever alters a record may name another. */
export async function isIntact(target: Target, record: WorkerKeyRecord): Promise<boolean> {
  return !('grant' in record) || (await deriveSeal(target, record.keyId, record.grant)) === record.seal;
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
    if (this.#isRefused) return 'unchecked';
    try {
      return (await isIntact(this.#target, record)) ? 'intact' : 'altered';
    } catch {
      // Denied, or KMS can't be reached. A look at a key works without it, and says that the seal was not checked.
      this.#isRefused = true;
      return 'unchecked';
    }
  }
}
