import { expect } from 'vitest';

import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import type { AStack } from './a-stack.ts';
import type { BreakOff, BrokenOff } from './break-off.ts';
import { issueVersion1 } from './version-1-key.ts';

/** A command that is about to be broken off, and what must hold when it was. */
export interface Scene {
  readonly args: readonly string[];
  readonly check: (broken: Pick<BrokenOff, 'writes'>) => Promise<void>;
}

/** A command that may be broken off after any of its calls of AWS. */
export interface BrokenOffCommand {
  /** Of the command, and what must hold. */
  readonly what: string;
  /** So many of its calls change something. */
  readonly writes: number;
  /** It makes at least so many calls. */
  readonly leastCalls: number;
  /** @returns what makes the next scene. */
  readonly open: (a: AStack) => Promise<() => Promise<Scene>>;
}

/** More than any command makes. */
const MOST_STEPS = 40;

/** Plays the command once for each of its steps. @returns how many there are. */
export async function breakOffAfterEach(a: AStack, { open }: BrokenOffCommand, breakOff: BreakOff): Promise<number> {
  const next = await open(a);
  let steps = 0;
  while (await breakOffOnce(a, await next(), breakOff, steps + 1)) {
    steps += 1;
    expect(steps).toBeLessThan(MOST_STEPS);
  }
  return steps;
}

/** @returns whether the command has so many steps. */
export async function breakOffOnce(
  a: AStack,
  { args, check }: Scene,
  breakOff: BreakOff,
  afterSteps: number,
): Promise<boolean> {
  await using command = await breakOff(a, args, afterSteps);
  if (command.isBrokenOff) await check(command);
  return command.isBrokenOff;
}

export const keys = async (a: AStack, ...args: string[]) =>
  runProgram(['keys', ...args, '--local', '--state', a.statePath]);

export const aKey = async (a: AStack, version: 1 | 2): Promise<IssuedKey> => {
  const request = { label: 'broken off', domains: ['orders'], expiresAtMs: null };
  return (version === 1 ? issueVersion1 : issueKey)(a.target, request, Date.now());
};
