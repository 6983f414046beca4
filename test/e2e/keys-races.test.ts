import { array, assert, asyncProperty, nat } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { KeyId } from '../../lambda/workers/worker-key.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { readKeyPages } from '../../operator/key-pages.ts';
import { type Ended, runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { startProxy } from './a-proxy.ts';
import { type AStack, startStack } from './a-stack.ts';
import { ISSUED, type IssuedJson } from './keys-command.ts';
import { writeState } from './verify-command.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

/** A command whose calls of AWS wait until a schedule lets the next one pass. */
interface Racer {
  readonly ended: Promise<Ended>;
  /** Lets the next call pass, and waits until the command asks for another one, or has ended. */
  readonly step: () => Promise<void>;
  readonly hasEnded: () => boolean;
  readonly close: () => Promise<void>;
}

async function startRacer(args: readonly string[]): Promise<Racer> {
  const folder = new AFolder();
  const state = folder.state();
  const waiting: (() => void)[] = [];
  let change = Promise.withResolvers<void>();
  const proxy = await startProxy(a.stack.awsUrl, {
    holdUntil: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      change.resolve();
      return promise;
    },
  });
  writeState(state, { ...a.connection, awsUrl: proxy.url });
  let hasEnded = false;
  const ended = runProgram(['keys', ...args, '--local', '--state', state]).finally(() => {
    hasEnded = true;
    change.resolve();
  });
  const settle = async (): Promise<void> => {
    if (hasEnded || waiting.length > 0) return;
    await change.promise;
    change = Promise.withResolvers();
    await settle();
  };
  return {
    ended,
    hasEnded: () => hasEnded,
    step: async () => {
      await settle();
      waiting.shift()?.();
      if (!hasEnded) await settle();
    },
    close: async () => {
      await proxy.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Plays commands against each other. The schedule says whose call comes next; at its end each runs to its own. */
async function race(commands: readonly (readonly string[])[], schedule: readonly number[]): Promise<Ended[]> {
  const racers = await Promise.all(commands.map(startRacer));
  for (const turn of schedule) await racers[turn % racers.length]?.step();
  for (const racer of racers) while (!racer.hasEnded()) await racer.step();
  const ended = await Promise.all(racers.map(async (racer) => racer.ended));
  await Promise.all(racers.map(async (racer) => racer.close()));
  return ended;
}

const aKey = async (label: string): Promise<IssuedKey> =>
  issueKey(a.target, { label, domains: ['orders'], expiresAtMs: null }, Date.now());

let stories = 0;
/** A label that only the keys of one story have. */
function aLabel(): string {
  stories += 1;
  return `race ${stories}`;
}

async function keysOf(label: string) {
  const found: { keyId: KeyId; status: string; isIssuerKnown: boolean }[] = [];
  for await (const { keys } of readKeyPages(a.target)) {
    for (const { key } of keys) {
      if (key.label !== label) continue;
      const isIssuerKnown = findEvent(key.events, 'issued')?.['actor']?.S !== undefined;
      found.push({ keyId: key.keyId, status: key.status, isIssuerKnown });
    }
  }
  return found;
}

const rotateOf = ({ keyId }: IssuedKey): string[] => ['rotate', keyId, '--overlap', '1h', '--output', 'json'];
const revokeOf = ({ keyId }: IssuedKey): string[] => ['revoke', keyId, '--output', 'json'];

const issuedBy = ({ exitCode, stdout }: Ended): IssuedJson[] =>
  exitCode === 0 ? [ISSUED.parse(JSON.parse(stdout))] : [];

const aSchedule = array(nat({ max: 2 }), { minLength: 10, maxLength: 60 });

describe('in any order of their AWS calls', () => {
  it('of two rotations at once one wins: both print the same successor, and there is no other key', async () => {
    await assert(
      asyncProperty(aSchedule, async (schedule) => {
        const label = aLabel();
        const old = await aKey(label);
        const successors = (await race([rotateOf(old), rotateOf(old)], schedule)).flatMap(issuedBy);
        expect(successors).toHaveLength(2);
        expect(successors[0]).toEqual(successors[1]);
        const made = new Set((await keysOf(label)).map(({ keyId }) => String(keyId)));
        expect(made).toEqual(new Set([old.keyId, successors[0]?.keyId]));
      }),
      { numRuns: 12 },
    );
  });

  it('two rotations and a revocation leave no unlinked active key, and no successor of a failed rotation', async () => {
    await assert(
      asyncProperty(aSchedule, async (schedule) => {
        const label = aLabel();
        const old = await aKey(label);
        const [first, second, revoked] = await race([rotateOf(old), rotateOf(old), revokeOf(old)], schedule);
        if (first === undefined || second === undefined) throw new Error('no rotation');
        expect(revoked?.exitCode).toBe(0);
        const successor = findEvent(await readEvents(a.target, old.keyId), 'rotated')?.['successor']?.S;
        const made = await keysOf(label);
        expect(made.filter(({ isIssuerKnown }) => !isIssuerKnown)).toEqual([]);
        expect(made.filter(({ keyId }) => keyId !== old.keyId && keyId !== successor)).toEqual([]);
        // A successor may be good only if a rotation was complete before the revocation.
        const isComplete = [first, second].some(({ exitCode }) => exitCode === 0);
        const good = made.filter(({ status }) => status === 'active').map(({ keyId }) => keyId);
        expect(isComplete ? [[], [successor]] : [[]]).toContainEqual(good);
      }),
      { numRuns: 20 },
    );
  });

  it('of two revocations at once, each succeeds, and one event stays', async () => {
    await assert(
      asyncProperty(aSchedule, async (schedule) => {
        const old = await aKey(aLabel());
        const ended = await race([revokeOf(old), revokeOf(old)], schedule);
        expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
        const first = ended.filter(({ stdout }) => stdout.includes('"wasRevoked":false'));
        expect(first).toHaveLength(1);
      }),
      { numRuns: 8 },
    );
  });
});

/** More than a rotation has calls. */
const MOST_CALLS = 40;

describe('a revocation', () => {
  it('before any call of a rotation but the last ones revokes the successor, too, and the rotation ends with 1 or 2', async () => {
    const outcomes: string[] = [];
    for (let calls = 0; calls < MOST_CALLS; calls += 1) {
      const label = aLabel();
      const old = await aKey(label);
      const schedule = [...Array.from({ length: calls }, () => 0), ...Array.from({ length: MOST_CALLS }, () => 1)];
      const [rotated, revoked] = await race([rotateOf(old), revokeOf(old)], schedule);
      expect(revoked?.exitCode).toBe(0);
      const good = (await keysOf(label)).filter(({ status }) => status === 'active');
      outcomes.push(`${rotated?.exitCode} ${good.length}`);
    }
    // Revoked before it was read: nothing to rotate. Then: the successor goes, too. At last: the rotation was complete.
    expect([...new Set(outcomes)]).toEqual(['2 0', '1 0', '0 1']);
  });
});
