import { createHash } from 'node:crypto';

import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import { deriveMac } from '../lambda/aws/kms.ts';
import { parseKeyGrant, toCanonicalJson } from '../lambda/workers/key-grant.ts';
import { isKeyId, type KeyId } from '../lambda/workers/worker-key.ts';
import { type Attribution, eventsTableOf, findEvent, putEvent, readEvents } from './key-events.ts';
import type { KeyPlan } from './key-plan.ts';
import { macKeyArnsOf } from './mac-keys.ts';
import { putRevocation } from './revocation.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';

/** The event `rotated` of a key was altered, so it must not say what the successor may do. */
export class AlteredRotationError extends Error {
  override readonly name = 'AlteredRotationError';
}

/** The key was revoked before its rotation was complete. */
export class RevokedMeanwhileError extends Error {
  override readonly name = 'RevokedMeanwhileError';
}

/**
 * Makes a plan the only one for a key's successor. The event holds all of the plan, so that another command can carry it
 * out to its end.
 *
 * @returns the plan that counts: the given one, or the one of an earlier or simultaneous rotation.
 */
export async function claimSuccessor(target: Target, keyId: KeyId, plan: KeyPlan, by: Attribution): Promise<KeyPlan> {
  const isFirst = await putEvent(target, keyId, 'rotated', by, {
    successor: { S: plan.keyId },
    grant: { S: toCanonicalJson(plan.grant) },
    label: { S: plan.label },
    domains: { L: plan.domains.map((S) => ({ S })) },
    seal: { S: await deriveRotationSeal(target, target.macKeyArn, keyId, plan) },
  });
  if (isFirst) return plan;
  const claimed = await findPlan(target, keyId, await readEvents(target, keyId));
  if (claimed !== undefined) return claimed;
  throw new AlteredRotationError(`the rotation of ${keyId} was begun and has disappeared: revoke the key`);
}

/**
 * The plan of a rotation that was begun.
 *
 * @returns undefined without one.
 * @throws AlteredRotationError unless an operator who may issue keys wrote it for this key.
 */
export async function findPlan(target: Target, keyId: KeyId, events: readonly Item[]): Promise<KeyPlan | undefined> {
  const rotated = findEvent(events, 'rotated');
  if (rotated === undefined) return undefined;
  const plan = parsePlan(rotated);
  if (plan !== undefined && (await isSealed(target, keyId, plan, rotated['seal']?.S))) return plan;
  throw new AlteredRotationError(`the rotation of ${keyId} was altered since it was begun: revoke the key`);
}

/** Whether a rotation was begun, and none finished it. */
export function isRotationPending(events: readonly Item[]): boolean {
  const rotated = findEvent(events, 'rotated');
  return rotated !== undefined && rotated['completedAt'] === undefined;
}

/** From then on, a revocation of the old key no longer concerns its successor. */
export async function completeRotation(target: Target, keyId: KeyId, { atMs }: Attribution): Promise<void> {
  await target.dynamodb.send(
    new UpdateItemCommand({
      TableName: eventsTableOf(target),
      Key: { keyId: { S: keyId }, event: { S: 'rotated' } },
      UpdateExpression: 'SET completedAt = if_not_exists(completedAt, :at)',
      ConditionExpression: 'attribute_exists(keyId)',
      ExpressionAttributeValues: { ':at': { S: new Date(atMs).toISOString() } },
    }),
  );
}

/**
 * Revokes the successor if the old key is revoked by now. Whoever revoked it may know that its worker was taken over.
 *
 * @throws RevokedMeanwhileError if so.
 */
export async function assertNotRevoked(target: Target, keyId: KeyId, successor: KeyId, by: Attribution): Promise<void> {
  const isRevoked = findEvent(await readEvents(target, keyId), 'revoked') !== undefined;
  if (isRevoked) await revokeSuccessor(target, keyId, successor, by);
}

export async function revokeSuccessor(target: Target, keyId: KeyId, successor: KeyId, by: Attribution): Promise<never> {
  await putRevocation(target, successor, by);
  throw new RevokedMeanwhileError(`${keyId} was revoked while it was rotated, so its successor ${successor} is, too`);
}

function parsePlan(rotated: Item): KeyPlan | undefined {
  const keyId = rotated['successor']?.S ?? '';
  const grant = parseKeyGrant(rotated['grant']?.S ?? '');
  const label = rotated['label']?.S;
  const domains = (rotated['domains']?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S]));
  return isKeyId(keyId) && grant !== undefined && label !== undefined ? { keyId, grant, label, domains } : undefined;
}

/** The event does not name the KMS key. The rotation may have been begun before the stack had the newest. */
async function isSealed(target: Target, keyId: KeyId, plan: KeyPlan, seal: string | undefined): Promise<boolean> {
  for (const macKeyArn of macKeyArnsOf(target)) {
    if (seal === (await deriveRotationSeal(target, macKeyArn, keyId, plan))) return true;
  }
  return false;
}

/**
 * A MAC over the old key and the plan. Without it, whoever can write events could have any key's secret printed for the
 * worker of another one.
 */
async function deriveRotationSeal({ kms }: Target, macKeyArn: string, keyId: KeyId, plan: KeyPlan): Promise<string> {
  const planned = JSON.stringify([plan.keyId, toCanonicalJson(plan.grant), plan.label, plan.domains]);
  const digest = createHash('sha256').update(planned).digest('hex');
  const message = Buffer.from(`swf-heartbeat-relay/v2/rotation\n${keyId}\n${digest}`);
  return Buffer.from(await deriveMac(kms, macKeyArn, message)).toString('base64url');
}
