import { expect } from 'vitest';
import { z } from 'zod';

import { findEvent, readEvents } from '../../operator/key-events.ts';
import { issueKey } from '../../operator/issue.ts';
import { readKeyPages } from '../../operator/key-pages.ts';
import { findKey } from '../../operator/key-records.ts';
import type { AStack } from './a-stack.ts';
import { aKey, type BrokenOffCommand, keys, type Scene } from './broken-off-command.ts';
import { rotating, rotatingThenRevoked } from './broken-off-rotations.ts';
import { DESCRIBED, ISSUED } from './keys-command.ts';

/** The ids of all keys with a record, and whether each was issued by somebody who is known. */
async function listed(a: AStack): Promise<ReadonlyMap<string, boolean>> {
  const found = new Map<string, boolean>();
  for await (const { keys: page } of readKeyPages(a.target)) {
    for (const { key } of page) found.set(key.keyId, findEvent(key.events, 'issued')?.['actor']?.S !== undefined);
  }
  return found;
}

/** The event and then the record, which makes the key good. */
const WRITES_OF_ISSUE = 2;

const issuing: BrokenOffCommand = {
  what: 'issue leaves no key that is good but unlisted: the next one issues a key',
  writes: WRITES_OF_ISSUE,
  // DescribeStacks, GetCallerIdentity, GenerateMac twice, and PutItem twice.
  leastCalls: 6,
  open: async (a) => {
    const args = ['issue', '--domain', 'orders', '--label', 'issue, broken off'];
    const before = await listed(a);
    const printed = new Set<string>();
    const check: Scene['check'] = async ({ writes }) => {
      const { exitCode, stdout } = await keys(a, ...args, '--output', 'json');
      expect(exitCode).toBe(0);
      printed.add(ISSUED.parse(JSON.parse(stdout)).keyId);
      const made = [...(await listed(a))].filter(([keyId]) => !before.has(keyId));
      expect(made.every(([, isIssuerKnown]) => isIssuerKnown)).toBe(true);
      const shown = await keys(a, 'list', '--label', 'issue, broken off', '--status', 'active', '--output', 'json');
      const list = z.array(DESCRIBED).parse(JSON.parse(shown.stdout));
      expect(list.map(({ keyId }) => keyId).sort()).toEqual(made.map(([keyId]) => keyId).sort());
      // One whose secret nobody got can only be recognized by that.
      expect(list.map(({ lastSeenOn }) => lastSeenOn)).toEqual(list.map(() => null));
      const lost = list.filter(({ keyId }) => !printed.has(keyId));
      expect(lost.length).toBe(writes < WRITES_OF_ISSUE ? 0 : 1);
    };
    return async () => ({ args, check });
  },
};

const revoking = (version: 1 | 2): BrokenOffCommand => ({
  what: `revoke on a version ${version} key: the next one completes it`,
  writes: version === 1 ? 2 : 1,
  leastCalls: 5,
  open: async (a) => async () => {
    const { keyId } = await aKey(a, version);
    const check = async (): Promise<void> => {
      expect((await keys(a, 'revoke', keyId)).exitCode).toBe(0);
      expect(await findKey(a.target, keyId)).toMatchObject({
        status: 'revoked',
        ...(version === 1 ? { record: { status: 'revoked' } } : {}),
      });
    };
    return { args: ['revoke', keyId], check };
  },
});

const purging: BrokenOffCommand = {
  what: 'purge: the next one completes it, and the history tells who began it',
  writes: 2,
  // DescribeStacks, GetCallerIdentity, Scan, a BatchGetItem for every 25 keys, PutItem and DeleteItem.
  leastCalls: 6,
  open: async (a) => async () => {
    const args = ['purge', '--ended-before', '1s', '--label', 'purge, broken off', '--yes'];
    const request = { label: 'purge, broken off', domains: ['orders'], expiresAtMs: Date.now() - 10_000 };
    const { keyId } = await issueKey(a.target, request, Date.now() - 20_000);
    const check = async (): Promise<void> => {
      expect(await keys(a, ...args)).toMatchObject({ exitCode: 0 });
      await expect(findKey(a.target, keyId)).rejects.toThrow('this relay has no key');
      expect(findEvent(await readEvents(a.target, keyId), 'purged')?.['actor']?.S).toContain('arn:aws:');
    };
    return { args, check };
  },
};

export const BROKEN_OFF: readonly BrokenOffCommand[] = [
  issuing,
  revoking(1),
  revoking(2),
  purging,
  rotating(1),
  rotating(2),
  rotatingThenRevoked,
];
