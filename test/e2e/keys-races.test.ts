import { array, assert, asyncProperty, nat } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseKeyId } from '../../cli/keys/key-id.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { findKey } from '../../operator/key-records.ts';
import { type Ended, runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { keyIdsOf } from './all-key-ids.ts';
import { startProxy } from './a-proxy.ts';
import { type AStack, startStack } from './a-stack.ts';
import { ISSUED, type IssuedJson } from './keys-command.ts';
import { writeState } from './verify-command.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

/** Calls that never wait: whenever they are made, they have the same answer. CloudFormation and STS name no operation. */
const STATELESS: ReadonlySet<string | undefined> = new Set(['GenerateMac', undefined]);

/** A command whose other calls of AWS wait until a schedule lets the next one pass. */
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
    holdUntil: async (operation) => {
      if (STATELESS.has(operation)) return;
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

const aKey = async (): Promise<IssuedKey> =>
  issueKey(a.target, { label: 'race', domains: ['orders'], expiresAtMs: null }, Date.now());

let known: ReadonlySet<string> = new Set();

/** The keys that were made since somebody last asked. */
async function findNewKeys() {
  const ids = await keyIdsOf(a.target);
  const made = [...ids].filter((keyId) => !known.has(keyId)).map(parseKeyId);
  known = ids;
  const keys = await Promise.all(made.map(async (keyId) => findKey(a.target, keyId)));
  return keys.map(({ keyId, status, events }) => {
    const isIssuerKnown = findEvent(events, 'issued')?.['actor']?.S !== undefined;
    return { keyId, status, isIssuerKnown };
  });
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
        await findNewKeys();
        const old = await aKey();
        const successors = (await race([rotateOf(old), rotateOf(old)], schedule)).flatMap(issuedBy);
        expect(successors).toHaveLength(2);
        expect(successors[0]).toEqual(successors[1]);
        expect(new Set((await findNewKeys()).map(({ keyId }) => String(keyId)))).toEqual(
          new Set([old.keyId, successors[0]?.keyId]),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('two rotations and a revocation leave no unlinked active key, and no successor of a failed rotation', async () => {
    await assert(
      asyncProperty(aSchedule, async (schedule) => {
        await findNewKeys();
        const old = await aKey();
        const [first, second, revoked] = await race([rotateOf(old), rotateOf(old), revokeOf(old)], schedule);
        if (first === undefined || second === undefined) throw new Error('no rotation');
        expect(revoked?.exitCode).toBe(0);
        const successor = findEvent(await readEvents(a.target, old.keyId), 'rotated')?.['successor']?.S;
        const made = await findNewKeys();
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
        const old = await aKey();
        const ended = await race([revokeOf(old), revokeOf(old)], schedule);
        expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
        const first = ended.filter(({ stdout }) => stdout.includes('"wasRevoked":false'));
        expect(first).toHaveLength(1);
      }),
      { numRuns: 8 },
    );
  });
});

/** More than a rotation or a revocation has calls. */
const MOST_CALLS = 40;

/** What the rotation ends with, and how many of its two keys are good then. */
async function revokeAfter(callsOfRotation: number): Promise<string> {
  await findNewKeys();
  const old = await aKey();
  const turns = [...Array<number>(callsOfRotation).fill(0), ...Array<number>(MOST_CALLS).fill(1)];
  const [rotated, revoked] = await race([rotateOf(old), revokeOf(old)], turns);
  expect(revoked?.exitCode).toBe(0);
  const good = (await findNewKeys()).filter(({ status }) => status === 'active');
  return `${rotated?.exitCode} ${good.length}`;
}

/** The rotation was complete, and its successor stays. */
const TOO_LATE = '0 1';

describe('a revocation', () => {
  it('before any call of a rotation but the last ones revokes the successor, too, and the rotation ends with 1 or 2', async () => {
    const outcomes: string[] = [];
    while (outcomes.slice(-3).join() !== [TOO_LATE, TOO_LATE, TOO_LATE].join()) {
      outcomes.push(await revokeAfter(outcomes.length));
      expect(outcomes.length).toBeLessThan(MOST_CALLS);
    }
    // Revoked before it was read: nothing to rotate. Then: the successor goes, too. At last: it is too late.
    expect([...new Set(outcomes)]).toEqual(['2 0', '1 0', TOO_LATE]);
  });
});
