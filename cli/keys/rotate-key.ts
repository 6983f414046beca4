import { isUsable } from '../../lambda/workers/known-key.ts';
import { type Attribution, findEvent } from '../../operator/key-events.ts';
import { carryOut, type IssuedKey, type KeyPlan } from '../../operator/key-plan.ts';
import { expireKey, findKey } from '../../operator/key-records.ts';
import { macKeyOf } from '../../operator/mac-keys.ts';
import { type ManagedKey, toDomainName } from '../../operator/managed-key.ts';
import {
  assertNotRevoked,
  completeRotation,
  findPlan,
  isRotationPending,
  revokeSuccessor,
} from '../../operator/rotation.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';
import type { Terminal } from '../terminal.ts';
import { issueOrExplain } from './issue-or-explain.ts';
import type { PresentedKey } from './issued-key.ts';
import { assertResumable, planSuccessor, type SuccessorOptions } from './successor.ts';

/** The successor exists, but the old key could not be made to expire. */
class OldKeyKeptError extends Error {
  override readonly name = 'OldKeyKeptError';
}

export interface Rotation extends SuccessorOptions {
  readonly overlapMs: number;
  readonly by: Attribution;
  /** Throws if the secret of such a key could not be delivered: before there is one. */
  readonly assertDeliverable: (key: PresentedKey) => void;
  /** Hands over the secret of the successor. If it throws, the old key keeps its end. */
  readonly deliver: (issued: IssuedKey) => Promise<void>;
}

/**
 * First it records which key is the successor, and last that the rotation is complete. If it ends anywhere between, the
 * next rotation of the same key carries on.
 *
 * @returns the old key with its new end; undefined if the operator does not agree.
 */
export async function rotateKey(
  relay: Target,
  old: ManagedKey,
  rotation: Rotation,
  terminal: Terminal,
): Promise<ManagedKey | undefined> {
  const { overlapMs, by, deliver } = rotation;
  const { keyId } = old;
  assertOwn(relay, old);
  const begun = await issueOrExplain(async () => findBegun(relay, old, by));
  if (begun === undefined || !isRotationPending(old.events)) assertActive(old, by.atMs);
  if (begun !== undefined) await assertResumable(relay, begun, rotation, terminal);
  const domains = begun?.domains.map(toDomainName) ?? rotation.domains ?? old.domains;
  rotation.assertDeliverable({ label: old.label, domains, expiresAt: null });
  const plan = begun ?? (await planSuccessor(relay, old, rotation, terminal, by));
  if (plan === undefined) return undefined;
  const issued = await issueOrExplain(async () => carryOut(relay, plan, by));
  await assertNotRevoked(relay, keyId, plan.keyId, by);
  // Before the old key changes: if this fails, nobody loses a key.
  await deliver(issued);
  await expireOrExplain(relay, old, by.atMs + overlapMs, by);
  await finish(relay, old, plan, by);
  return findKey(relay, keyId);
}

/** The plan of a rotation that another command began. If the key was revoked before it was complete, so is the successor. */
async function findBegun(relay: Target, old: ManagedKey, by: Attribution): Promise<KeyPlan | undefined> {
  const { keyId, status, events } = old;
  if (status !== 'revoked') return findPlan(relay, keyId, events);
  const plan = isRotationPending(events) ? await findPlan(relay, keyId, events) : undefined;
  if (plan !== undefined) await revokeSuccessor(relay, keyId, plan.keyId, by);
  return undefined;
}

async function expireOrExplain(relay: Target, old: ManagedKey, expiresAtMs: number, by: Attribution): Promise<void> {
  try {
    await expireKey(relay, old, expiresAtMs, by);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OldKeyKeptError(
      `the new key is issued, but ${old.keyId} keeps its end: rotate again, or revoke it in time: ${reason}`,
      {
        cause,
      },
    );
  }
}

/** The revocation is looked for on either side of the mark: a revocation that sees no mark revokes the successor itself. */
async function finish(relay: Target, { keyId, events }: ManagedKey, plan: KeyPlan, by: Attribution): Promise<void> {
  if (findEvent(events, 'rotated')?.['completedAt'] !== undefined) return;
  await assertNotRevoked(relay, keyId, plan.keyId, by);
  await completeRotation(relay, keyId, by);
  await assertNotRevoked(relay, keyId, plan.keyId, by);
}

/** The record of such a key cannot be checked, so nobody knows what its successor may do. */
function assertOwn(relay: Target, { keyId, record }: ManagedKey): void {
  if (macKeyOf(relay, record) !== undefined) return;
  throw new UsageError(
    `the record of ${keyId} names a KMS key that this relay does not have, so it lets nobody in: issue a key`,
  );
}

function assertActive(key: ManagedKey, nowMs: number): void {
  if (isUsable(key, nowMs)) return;
  const end = key.status === 'revoked' ? 'is revoked' : 'has expired';
  throw new UsageError(`${key.keyId} ${end}, so there is nothing to rotate: issue a key`);
}
