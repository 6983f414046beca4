import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import { isKeyId, type KeyId } from '../lambda/workers/worker-key.ts';
import { isConditionFailure } from './condition-failure.ts';
import { type Attribution, findEvent, readEvents } from './key-events.ts';
import { noSuchKey, readKey } from './key-records.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';

/** Revoking must not fail because STS does. */
const UNKNOWN_ACTOR = 'unknown';

export interface Revocation {
  /** Whether the key was revoked before. */
  readonly wasRevoked: boolean;
  /** Revoked too, because the key was being rotated. */
  readonly successor: KeyId | undefined;
}

/**
 * Revokes a key, whatever its record looks like, and records when. Repeating it keeps the time, and adds one where an
 * earlier version recorded none.
 *
 * @throws UsageError for a key that does not exist.
 */
export async function revokeKey(target: Target, keyId: KeyId, nowMs: number = Date.now()): Promise<Revocation> {
  const { item, events } = await readKey(target, keyId);
  if (item === undefined && events.length === 0) throw noSuchKey(keyId);
  const actor = await target.findCaller().catch(() => UNKNOWN_ACTOR);
  const by = { actor, atMs: nowMs };
  const isFirst = await putRevocation(target, keyId, by);
  const wasActive = item === undefined || 'grant' in item || !(await setStatus(target, keyId, nowMs));
  const successor = isRotated(events) ? undefined : findSuccessor(await readEvents(target, keyId));
  if (successor !== undefined) await putRevocation(target, successor, by);
  return { wasRevoked: !isFirst || !wasActive, successor };
}

/** Before the revocation was written, so that a rotation that was under way then is noticed although it has ended since. */
function isRotated(events: readonly Item[]): boolean {
  return findEvent(events, 'rotated')?.['completedAt'] !== undefined;
}

function findSuccessor(events: readonly Item[]): KeyId | undefined {
  const successor = findEvent(events, 'rotated')?.['successor']?.S ?? '';
  return isKeyId(successor) ? successor : undefined;
}

/**
 * Writes the event that revokes a key. Its existence revokes, so the first one stays. Time and actor have other names than
 * in the other events, because the policy of those who may only revoke keys lets them write these two attributes.
 *
 * @returns whether this is the first one. Also on a stack of an earlier version, which has none.
 */
export async function putRevocation(target: Target, keyId: KeyId, { actor, atMs }: Attribution): Promise<boolean> {
  const { dynamodb, keyEventsTable: TableName } = target;
  if (TableName === undefined) return true;
  const command = new UpdateItemCommand({
    TableName,
    Key: { keyId: { S: keyId }, event: { S: 'revoked' } },
    UpdateExpression: 'SET revokedAt = :at, revokedBy = :actor',
    ConditionExpression: 'attribute_not_exists(keyId)',
    ExpressionAttributeValues: { ':at': { S: new Date(atMs).toISOString() }, ':actor': { S: actor } },
  });
  try {
    await dynamodb.send(command);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/**
 * The function's code before version 2 keys reads only the record, and may serve again after a roll-back. The record of
 * a version 2 key is never changed.
 */
async function setStatus({ dynamodb, workerKeysTable }: Target, keyId: KeyId, nowMs: number): Promise<boolean> {
  const command = new UpdateItemCommand({
    TableName: workerKeysTable,
    Key: { keyId: { S: keyId } },
    ReturnValues: 'UPDATED_OLD',
    UpdateExpression: 'SET #status = :revoked, revokedAt = if_not_exists(revokedAt, :now)',
    ConditionExpression: 'attribute_exists(keyId)',
    // `status` is a reserved word in DynamoDB's expressions.
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':revoked': { S: 'revoked' }, ':now': { S: new Date(nowMs).toISOString() } },
  });
  try {
    const { Attributes: previous = {} } = await dynamodb.send(command);
    return previous['status']?.S === 'revoked';
  } catch (error) {
    // Somebody purged the key meanwhile. The event remains.
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
