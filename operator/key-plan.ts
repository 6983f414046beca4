import { randomBytes } from 'node:crypto';

import { GetItemCommand } from '@aws-sdk/client-dynamodb';

import { deriveSecret } from '../lambda/aws/kms.ts';
import { parseWorkerKey } from '../lambda/aws/worker-key-item.ts';
import { putNewWorkerKey } from './new-worker-key.ts';
import type { Operation } from '../lambda/environment/environment.ts';
import { type KeyGrant, toCanonicalJson } from '../lambda/workers/key-grant.ts';
import type { RecordV2 } from '../lambda/workers/key-record.ts';
import { type KeyId, toKeyId, type WorkerSecret } from '../lambda/workers/worker-key.ts';
import { isConditionFailure } from './condition-failure.ts';
import { type Attribution, eventsTableOf, putEvent } from './key-events.ts';
import { macKeyOf } from './mac-keys.ts';
import { toDomainName } from './managed-key.ts';
import { deriveSeal, isIntact } from './seal.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** Everything that a key is made of. Carrying out the same plan twice makes one key. */
export interface KeyPlan {
  readonly keyId: KeyId;
  readonly grant: KeyGrant;
  readonly label: string;
  /** The ARNs of the grant in the operator's order: the first is the default. */
  readonly domains: readonly string[];
}

/** A key at the only moment when its secret is known outside KMS. */
export interface IssuedKey {
  readonly keyId: KeyId;
  readonly secret: WorkerSecret;
  readonly label: string;
  /** Names, unique, in the order of the request: the first is the default. */
  readonly domains: readonly string[];
  readonly operations: readonly Operation[];
  /** ISO 8601, or null. */
  readonly expiresAt: string | null;
}

/** Somebody changed a record between two writes of a command. */
export class AlteredRecordError extends Error {
  override readonly name = 'AlteredRecordError';
}

const LABEL = /^[\x20-\x7E]{1,100}$/;
const KEY_ID_BYTES = 16;

/** @throws UsageError for an unusable label. */
export function createPlan(grant: KeyGrant, label: string): KeyPlan {
  if (!LABEL.test(label)) throw new UsageError('--label must be 1 to 100 printable ASCII characters');
  const domains = [...new Set(grant.domains)];
  return { keyId: toKeyId(randomBytes(KEY_ID_BYTES)), grant, label, domains };
}

/**
 * Makes the key. The event comes before the record: if the command is killed between them, no key is valid that nobody
 * can find. The secret is derived first, because nothing should be written if KMS refuses.
 */
export async function carryOut(target: Target, plan: KeyPlan, by: Attribution): Promise<IssuedKey> {
  const { keyId, grant, label, domains } = plan;
  // Asked before KMS: on a stack of an earlier version nothing can be issued.
  eventsTableOf(target);
  const { kms, macKeyArn } = target;
  const secret = await deriveSecret(kms, macKeyArn, { keyId, grant });
  const seal = await deriveSeal(target, macKeyArn, { keyId, grant });
  await putEvent(target, keyId, 'issued', by, { label: { S: label }, domains: { L: domains.map((S) => ({ S })) } });
  const record: RecordV2 = { keyId, grant, derivation: { version: 2, kmsKeyArn: macKeyArn }, seal };
  const storedUnder = await putRecord(target, record);
  const stored = storedUnder === macKeyArn ? secret : await deriveSecret(kms, storedUnder, { keyId, grant });
  const { operations, expiresAt } = grant;
  return { keyId, secret: stored, label, domains: domains.map(toDomainName), operations, expiresAt };
}

/**
 * @returns the KMS key that derives the key's secret. It is the earlier one if a command before this one carried out the same
 * plan before the stack had the newest.
 * @throws AlteredRecordError if there is another record already.
 */
async function putRecord(target: Target, record: RecordV2): Promise<string> {
  try {
    await putNewWorkerKey(target.dynamodb, target.workerKeysTable, record);
    return record.derivation.kmsKeyArn;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const { Item: item = {} } = await target.dynamodb.send(
      new GetItemCommand({
        TableName: target.workerKeysTable,
        Key: { keyId: { S: record.keyId } },
        ConsistentRead: true,
      }),
    );
    const stored = parseWorkerKey(item);
    const macKeyArn = stored === undefined ? undefined : macKeyOf(target, stored);
    const isSame =
      stored !== undefined &&
      'grant' in stored &&
      toCanonicalJson(stored.grant) === toCanonicalJson(record.grant) &&
      (await isIntact(target, stored));
    if (isSame && macKeyArn !== undefined) return macKeyArn;
    throw new AlteredRecordError(`the record of ${record.keyId} was altered since it was issued`, { cause: error });
  }
}
