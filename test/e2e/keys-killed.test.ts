import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { findEvent, readEvents } from '../../operator/key-events.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { readKeyPages } from '../../operator/key-pages.ts';
import { findKey } from '../../operator/key-records.ts';
import { isKeyId, type KeyId } from '../../lambda/workers/worker-key.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { type AStack, startStack } from './a-stack.ts';
import { DESCRIBED, ISSUED } from './keys-command.ts';
import { runAndKill } from './run-and-kill.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const keys = async (...args: string[]) => runProgram(['keys', ...args, '--local', '--state', a.statePath]);

/** The ids of all keys with a record, and whether each was issued by somebody who is known. */
async function listed(): Promise<ReadonlyMap<string, boolean>> {
  const found = new Map<string, boolean>();
  for await (const { keys: page } of readKeyPages(a.target)) {
    for (const { key } of page) found.set(key.keyId, findEvent(key.events, 'issued')?.['actor']?.S !== undefined);
  }
  return found;
}

async function successorOf(keyId: KeyId): Promise<KeyId | undefined> {
  const text = findEvent(await readEvents(a.target, keyId), 'rotated')?.['successor']?.S ?? '';
  return isKeyId(text) ? text : undefined;
}

const aKey = async (version: 1 | 2): Promise<IssuedKey> => {
  const request = { label: 'killed', domains: ['orders'], expiresAtMs: null };
  return (version === 1 ? issueVersion1 : issueKey)(a.target, request, Date.now());
};

/** More than any command makes. */
const MOST_CALLS = 40;

describe('kill -9 between any two AWS calls', () => {
  it('of keys issue leaves no key that is good but unlisted: the next one issues a key', async () => {
    const command = ['issue', '--domain', 'orders', '--label', 'issue, killed'];
    const before = await listed();
    const printed = new Set<string>();
    let afterCalls = 1;
    while ((await runAndKill(a, command, afterCalls)) === 'killed') {
      const { exitCode, stdout } = await keys(...command, '--output', 'json');
      expect(exitCode).toBe(0);
      printed.add(ISSUED.parse(JSON.parse(stdout)).keyId);
      const made = [...(await listed())].filter(([keyId]) => !before.has(keyId));
      expect(made.every(([, isIssuerKnown]) => isIssuerKnown)).toBe(true);
      const shown = await keys('list', '--label', 'issue, killed', '--status', 'active', '--output', 'json');
      const list = z.array(DESCRIBED).parse(JSON.parse(shown.stdout));
      expect(list.map(({ keyId }) => keyId).sort()).toEqual(made.map(([keyId]) => keyId).sort());
      // One whose secret nobody got can only be recognized by that.
      expect(list.map(({ lastSeenOn }) => lastSeenOn)).toEqual(list.map(() => null));
      const lost = list.filter(({ keyId }) => !printed.has(keyId));
      expect(lost.length).toBe(afterCalls < 6 ? 0 : 1);
      afterCalls += 1;
      expect(afterCalls).toBeLessThan(MOST_CALLS);
    }
    // DescribeStacks, GetCallerIdentity, GenerateMac twice, and PutItem twice.
    expect(afterCalls).toBe(7);
  });

  it.each([1, 2] as const)('of keys revoke on a version %i key: the next one completes it', async (version) => {
    const before = await aKey(version);
    let key = before;
    let afterCalls = 1;
    while ((await runAndKill(a, ['revoke', key.keyId], afterCalls)) === 'killed') {
      expect((await keys('revoke', key.keyId)).exitCode).toBe(0);
      expect(await findKey(a.target, key.keyId)).toMatchObject({
        status: 'revoked',
        ...(version === 1 ? { record: { status: 'revoked' } } : {}),
      });
      key = await aKey(version);
      afterCalls += 1;
      expect(afterCalls).toBeLessThan(MOST_CALLS);
    }
    expect(afterCalls).toBeGreaterThan(5);
  });

  it('of keys purge: the next one completes it, and the history tells who began it', async () => {
    const command = ['purge', '--ended-before', '1s', '--label', 'killed-purge', '--yes'];
    const anEndedKey = async (): Promise<KeyId> => {
      const request = { label: 'killed-purge', domains: ['orders'], expiresAtMs: Date.now() - 10_000 };
      return (await issueKey(a.target, request, Date.now() - 20_000)).keyId;
    };
    let keyId = await anEndedKey();
    let afterCalls = 1;
    while ((await runAndKill(a, command, afterCalls)) === 'killed') {
      expect(await keys(...command)).toMatchObject({ exitCode: 0 });
      await expect(findKey(a.target, keyId)).rejects.toThrow('this relay has no key');
      expect(findEvent(await readEvents(a.target, keyId), 'purged')?.['actor']?.S).toContain('arn:aws:');
      keyId = await anEndedKey();
      afterCalls += 1;
      expect(afterCalls).toBeLessThan(MOST_CALLS);
    }
    // DescribeStacks, GetCallerIdentity, Scan, a BatchGetItem for every 25 keys, PutItem and DeleteItem.
    expect(afterCalls).toBeGreaterThan(6);
  });

  it.each([1, 2] as const)('of keys rotate on a version %i key: the next one completes it', async (version) => {
    const options = ['--overlap', '1h', '--domain', 'orders'];
    let key = await aKey(version);
    let afterCalls = 1;
    while ((await runAndKill(a, ['rotate', key.keyId, ...options], afterCalls)) === 'killed') {
      const known = await listed();
      const planned = await successorOf(key.keyId);
      const { exitCode, stdout } = await keys('rotate', key.keyId, ...options, '--output', 'json');
      expect(exitCode).toBe(0);
      const successor = ISSUED.parse(JSON.parse(stdout));
      expect(planned ?? successor.keyId).toBe(successor.keyId);
      expect(await successorOf(key.keyId)).toBe(successor.keyId);
      // One successor, and no other key.
      expect([...(await listed()).keys()].filter((keyId) => !known.has(keyId) && keyId !== successor.keyId)).toEqual(
        [],
      );
      expect((await findKey(a.target, key.keyId)).expiresAtMs).not.toBeNull();
      key = await aKey(version);
      afterCalls += 1;
      expect(afterCalls).toBeLessThan(MOST_CALLS);
    }
    expect(afterCalls).toBeGreaterThan(10);
  });

  it('of keys rotate, then a revocation of the old key: no successor is left good', async () => {
    const options = ['--overlap', '1h', '--domain', 'orders'];
    let key = await aKey(2);
    let afterCalls = 1;
    while ((await runAndKill(a, ['rotate', key.keyId, ...options], afterCalls)) === 'killed') {
      const rotated = findEvent(await readEvents(a.target, key.keyId), 'rotated');
      const { stderr } = await keys('revoke', key.keyId);
      const successor = await successorOf(key.keyId);
      const isPending = successor !== undefined && rotated?.['completedAt'] === undefined;
      expect(stderr.includes('so its successor')).toBe(isPending);
      const left = findEvent(successor === undefined ? [] : await readEvents(a.target, successor), 'revoked');
      expect(left !== undefined).toBe(isPending);
      const again = await keys('rotate', key.keyId, ...options);
      expect(again.exitCode).toBe(isPending ? 1 : 2);
      key = await aKey(2);
      afterCalls += 1;
      expect(afterCalls).toBeLessThan(MOST_CALLS);
    }
    expect(afterCalls).toBeGreaterThan(10);
  });
});
