import { isUsable } from '../lambda/workers/known-key.ts';
import { findEvent } from './key-events.ts';
import { readKeyPages } from './key-pages.ts';
import { macKeyNameOf } from './mac-keys.ts';
import type { ManagedKey } from './managed-key.ts';
import { isRotationPending } from './rotation.ts';
import type { Target } from './target.ts';

export interface RotationScope {
  /** Also keys of the newest generation. On a relay with one KMS key, all keys are. */
  readonly newestToo: boolean;
  readonly nowMs: number;
}

/**
 * The keys that are still to be rotated, the oldest first. Asking again after a rotation was interrupted finds the rest of
 * them: neither a key that has a successor, nor the successor of a key that is still good.
 */
export async function findKeysToRotate(target: Target, { newestToo, nowMs }: RotationScope): Promise<ManagedKey[]> {
  const isRotatedAnyway = newestToo || target.earlierMacKeyArn === undefined;
  const candidates: ManagedKey[] = [];
  const successors = new Set<string>();
  for await (const { keys } of readKeyPages(target)) {
    for (const { key } of keys) {
      if (isUsable(key, nowMs)) successors.add(findEvent(key.events, 'rotated')?.['successor']?.S ?? '');
      if (isToRotate(target, key, isRotatedAnyway, nowMs)) candidates.push(key);
    }
  }
  return candidates
    .filter((key) => macKeyNameOf(target, key.record) === 'earlier' || !successors.has(key.keyId))
    .sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}

function isToRotate(target: Target, key: ManagedKey, newestToo: boolean, nowMs: number): boolean {
  const macKey = macKeyNameOf(target, key.record);
  if (macKey === 'other') return false;
  if (isRotationPending(key.events)) return isUsable(key, nowMs) || isEnded(key);
  const isRotated = findEvent(key.events, 'rotated') !== undefined;
  return isUsable(key, nowMs) && !isRotated && (newestToo || macKey === 'earlier');
}

/** A rotation that gave the key its end was interrupted right before the last step: only the mark is missing. */
function isEnded({ status, events }: ManagedKey): boolean {
  return status !== 'revoked' && findEvent(events, 'ends') !== undefined;
}
