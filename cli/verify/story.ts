import { ADDRESS_CHECKS } from './address.ts';
import { BEAT_CHECKS, SPEED_CHECK } from './beats.ts';
import { type Check, NotCheckedError } from './check.ts';
import { END_CHECKS } from './ends.ts';
import { FOREIGN_CHECKS } from './foreign.ts';
import { GATEWAY_CHECKS } from './gateway.ts';
import { REVOCATION_CHECK } from './revocation.ts';
import type { Scene } from './scene.ts';
import { SIGNED_CHECKS } from './signed.ts';
import { SILENCE_CHECK } from './silence.ts';
import { UNSEEN } from './unseen.ts';

/** All that is looked at, in this order. */
export const STORY: readonly Check[] = [
  ...ADDRESS_CHECKS,
  ...BEAT_CHECKS,
  ...GATEWAY_CHECKS,
  ...SIGNED_CHECKS,
  ...FOREIGN_CHECKS,
  ...END_CHECKS,
  SILENCE_CHECK,
  REVOCATION_CHECK,
  SPEED_CHECK,
  ...UNSEEN,
];

/** One line of the outcome. */
export interface Line {
  readonly kind: 'ok' | 'else' | 'skip';
  readonly name: string;
  readonly text: string;
}

/**
 * Tells the story, a line as each check is done.
 *
 * @returns whether everything was as it should be.
 * @throws whatever gave the story up: an abort of its signal.
 */
export async function tellStory(scene: Scene, print: (line: Line) => Promise<void>): Promise<boolean> {
  const others: string[] = [];
  for (const { name, needs, act } of STORY) {
    scene.parts.signal.throwIfAborted();
    const [missing] = needs === 'all' ? others : others.filter((other) => needs.includes(other));
    const line: Line =
      missing === undefined
        ? await look(scene, { name, needs, act })
        : { kind: 'skip', name, text: `not looked at, because of ${missing}` };
    if (line.kind === 'else' || missing !== undefined) others.push(name);
    await print({ ...line, text: toPrintable(line.text, scene.secrets) });
  }
  return others.length === 0;
}

async function look(scene: Scene, { name, act }: Check): Promise<Line> {
  try {
    return { kind: 'ok', name, text: await act(scene) };
  } catch (error) {
    scene.parts.signal.throwIfAborted();
    if (error instanceof NotCheckedError) return { kind: 'skip', name, text: error.message };
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const isOurs = error instanceof Error && error.name === 'SomethingElseError';
    return { kind: 'else', name, text: isOurs || !(error instanceof Error) ? message : `${error.name}: ${message}` };
  }
}

const MOST_CHARACTERS = 400;

/** What was seen may be whatever stands before the relay: no secret of ours, and nothing that commands a terminal. */
function toPrintable(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '…');
  return clean.replaceAll(/\p{C}+/gu, ' ').slice(0, MOST_CHARACTERS);
}
