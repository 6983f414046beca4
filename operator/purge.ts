import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';

import { isConditionFailure } from './condition-failure.ts';
import { type Attribution, putPurge } from './key-events.ts';
import type { StoredKey } from './key-pages.ts';
import type { ManagedKey } from './managed-key.ts';
import type { Target } from './target.ts';
import { toUnchanged } from './unchanged.ts';

/** What a revocation adds to a record. */
const REVOKED_AT = 'revokedAt';

/**
 * When a key ended: its revocation or its expiry, whichever came first.
 *
 * @returns epoch milliseconds; undefined for a key that is valid, and for one that was revoked at a time nobody recorded.
 */
export function findEnd(
  { expiresAtMs, revokedAtMs }: Pick<ManagedKey, 'expiresAtMs' | 'revokedAtMs'>,
  nowMs: number,
): number | undefined {
  const ends = [expiresAtMs, revokedAtMs].filter((atMs) => typeof atMs === 'number');
  const endMs = Math.min(...ends);
  return endMs <= nowMs ? endMs : undefined;
}

/**
 * Removes a key's record, unless anything in it has changed since it was read: somebody may have prolonged the key. The
 * relay refuses a key without a record as it refuses any unknown one. The key's events remain: a record that is restored
 * later stays revoked. The event `purged` comes first, so that no record disappears without one.
 *
 * @returns whether the record is gone.
 */
export async function removeKey(target: Target, { item, key }: StoredKey, by: Attribution): Promise<boolean> {
  const { dynamodb, keyEventsTable, workerKeysTable } = target;
  if (keyEventsTable !== undefined) await putPurge(target, key.keyId, by);
  const Key = { keyId: { S: key.keyId } };
  try {
    await dynamodb.send(new DeleteItemCommand({ TableName: workerKeysTable, Key, ...toUnchanged(item, [REVOKED_AT]) }));
    return true;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    // Somebody else may have removed it, or an answer was lost and the SDK tried again.
    const { Item: left } = await dynamodb.send(
      new GetItemCommand({ TableName: workerKeysTable, Key, ConsistentRead: true }),
    );
    return left === undefined;
  }
}
