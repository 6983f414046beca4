import { expect } from 'vitest';

import { masked } from '../docs/recordings.ts';
import type { AStack } from './a-stack.ts';
import { until } from './until.ts';
import { type Shown, shown, withoutLateAnswers } from './kit-page.ts';
import { type Kit, type Ground, openGround, openScene } from './kit-scene.ts';
import { type Situation, SITUATIONS } from './kit-situations.ts';

interface Row {
  readonly kit: Kit;
  readonly name: string;
  readonly situation: Situation;
}

/** A situation that a kit has been through. Rejected: something was not as it is shown. */
export interface Played extends Row {
  readonly result: PromiseSettledResult<void>;
}

/** Most of the time they wait for SWF's seconds. With all at once, a worker would not get its heartbeats out in time. */
const AT_ONCE = 4;

/** Puts each of the kits through every situation. */
export async function playAll(kits: readonly Kit[], stack: AStack): Promise<Played[]> {
  const situations = Object.entries(SITUATIONS);
  const rows = kits.flatMap((kit) => situations.map(([name, situation]) => ({ kit, name, situation })));
  const waiting = rows.values();
  const played: Played[] = [];
  const work = async (): Promise<void> => {
    for (const row of waiting) played.push(await settle(row, playOne(row, stack)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return played;
}

async function playOne(row: Row, stack: AStack): Promise<void> {
  const ground = await openGround(stack, row.situation.hasOwnRelay ?? false);
  try {
    await playOn(row, ground);
  } finally {
    await ground.relay.close();
  }
}

/** Ends as the play of one situation with one kit did. */
export async function playedOf(plays: readonly Played[], kit: Kit, name: string): Promise<void> {
  const result = plays.find((play) => play.kit === kit && play.name === name)?.result;
  if (result?.status !== 'fulfilled') throw result?.reason ?? new Error(`${kit.name} was not put through: ${name}`);
}

/** Compares what the worker printed, what is left of it, and what SWF says. */
async function playOn({ kit, situation }: Row, ground: Ground): Promise<void> {
  const { command, output } = findShown(situation);
  using scene = await openScene(kit, ground, timeoutSecondsIn(command));
  const startedAtMs = performance.now();
  const ended = scene.start(command);
  await situation.meanwhile?.(scene);
  expect(withoutLateAnswers((await ended).stdout)).toBe(output);
  const tookSeconds = (performance.now() - startedAtMs) / 1_000;
  await until('the end of every process', () => (scene.livingProcesses().length === 0 ? true : undefined));
  await situation.afterwards?.(scene);
  if (!output.endsWith('exit 92')) return;
  expect(tookSeconds).toBeGreaterThan(timeoutSecondsIn(command));
  expect(tookSeconds).toBeLessThan(2 * timeoutSecondsIn(command));
}

async function settle(row: Row, finished: Promise<void>): Promise<Played> {
  const [result] = await Promise.allSettled([finished]);
  return { ...row, result };
}

/** A command that the page shows for a reader to type: what it prints, and what it is shown to print. */
export async function typeShown(name: string, kit: Kit, stack: AStack): Promise<Record<'here' | 'shown', string>> {
  const { command, output } = findShown({ shownAs: name });
  using scene = await openScene(kit, await openGround(stack, false), ROOMY_TIMEOUT_SECONDS);
  return { here: masked((await scene.start(command)).stdout), shown: masked(output) };
}

const ROOMY_TIMEOUT_SECONDS = 60;

function findShown({ shownAs = '', shows = shown.get(shownAs) }: Pick<Situation, 'shownAs' | 'shows'>): Shown {
  if (shows === undefined) throw new Error(`the page shows no ${shownAs}`);
  return shows;
}

function timeoutSecondsIn(command: string): number {
  return Number(/HEARTBEAT_TIMEOUT_SECONDS=(?<seconds>\d+)/.exec(command)?.groups?.['seconds']);
}
