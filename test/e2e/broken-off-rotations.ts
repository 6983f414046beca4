import { expect } from 'vitest';

import { isKeyId, type KeyId } from '../../lambda/workers/worker-key.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { findKey } from '../../operator/key-records.ts';
import type { AStack } from './a-stack.ts';
import { keyIdsOf } from './all-key-ids.ts';
import { aKey, type BrokenOffCommand, keys } from './broken-off-command.ts';
import { ISSUED } from './keys-command.ts';

const OVERLAP = ['--overlap', '1h', '--domain', 'orders'];

async function successorOf(a: AStack, keyId: KeyId): Promise<KeyId | undefined> {
  const text = findEvent(await readEvents(a.target, keyId), 'rotated')?.['successor']?.S ?? '';
  return isKeyId(text) ? text : undefined;
}

export const rotating = (version: 1 | 2): BrokenOffCommand => ({
  what: `rotate on a version ${version} key: the next one completes it`,
  // Its plan, the successor's event and record, the end of the old key, in its record too if that is of version 1, and the mark.
  writes: version === 1 ? 6 : 5,
  leastCalls: 10,
  open: async (a) => async () => {
    const { keyId } = await aKey(a, version);
    const args = ['rotate', keyId, ...OVERLAP];
    const check = async (): Promise<void> => {
      const known = await keyIdsOf(a.target);
      const planned = await successorOf(a, keyId);
      const { exitCode, stdout } = await keys(a, ...args, '--output', 'json');
      expect(exitCode).toBe(0);
      const successor = ISSUED.parse(JSON.parse(stdout));
      expect(planned ?? successor.keyId).toBe(successor.keyId);
      expect(await successorOf(a, keyId)).toBe(successor.keyId);
      // One successor, and no other key.
      expect(await keyIdsOf(a.target)).toEqual(new Set([...known, successor.keyId]));
      expect((await findKey(a.target, keyId)).expiresAtMs).not.toBeNull();
    };
    return { args, check };
  },
});

export const rotatingThenRevoked: BrokenOffCommand = {
  what: 'rotate, then a revocation of the old key: no successor is left good',
  writes: 5,
  leastCalls: 10,
  open: async (a) => async () => {
    const { keyId } = await aKey(a, 2);
    const args = ['rotate', keyId, ...OVERLAP];
    const check = async (): Promise<void> => {
      const rotated = findEvent(await readEvents(a.target, keyId), 'rotated');
      const { stderr } = await keys(a, 'revoke', keyId);
      const successor = await successorOf(a, keyId);
      const isPending = successor !== undefined && rotated?.['completedAt'] === undefined;
      expect(stderr.includes('so its successor')).toBe(isPending);
      const left = findEvent(successor === undefined ? [] : await readEvents(a.target, successor), 'revoked');
      expect(left !== undefined).toBe(isPending);
      expect((await keys(a, ...args)).exitCode).toBe(isPending ? 1 : 2);
    };
    return { args, check };
  },
};
