import { ADDRESS_CHECKS } from './address.ts';
import { type Check, NotCheckedError } from './check.ts';
import { END_CHECK } from './end.ts';
import { END_CHECKS } from './ends.ts';
import { FOREIGN_CHECKS } from './foreign.ts';
import { GATEWAY_CHECKS } from './gateway.ts';
import { HEARTBEAT_CHECKS, SPEED_CHECK } from './heartbeats.ts';
import { NOT_VISIBLE } from './not-visible.ts';
import { PACED_CHECK, SIGNED_PACED_CHECK } from './paced.ts';
import { REVOCATION_CHECK } from './revocation.ts';
import type { Scene } from './scene.ts';
import { SIGNED_CHECKS } from './signed.ts';
import { SILENCE_CHECK } from './silence.ts';

/** Every check, in order. */
export const STORY: readonly Check[] = [
  ...ADDRESS_CHECKS,
  ...HEARTBEAT_CHECKS,
  PACED_CHECK,
  ...GATEWAY_CHECKS,
  ...SIGNED_CHECKS,
  SIGNED_PACED_CHECK,
  ...FOREIGN_CHECKS,
  ...END_CHECKS,
  END_CHECK,
  SILENCE_CHECK,
  REVOCATION_CHECK,
  SPEED_CHECK,
  ...NOT_VISIBLE,
];

/** The outcome of one check. */
export interface Line {
  readonly kind: 'ok' | 'fail' | 'skip';
  readonly name: string;
  readonly text: string;
}

/**
 * Runs every check in order, and prints a line after each.
 *
 * @param onStart receives the name of each check before it runs.
 * @throws the reason of the scene's signal, if that aborts.
 */
export async function tellStory(
  scene: Scene,
  print: (line: Line) => Promise<void>,
  onStart: (name: string) => void,
): Promise<void> {
  const failed: string[] = [];
  for (const { name, needs, act } of STORY) {
    scene.parts.signal.throwIfAborted();
    onStart(name);
    const missing = failed.find((other) => needs.includes(other));
    const line: Line =
      missing === undefined
        ? await look(scene, { name, needs, act })
        : { kind: 'skip', name, text: `not checked, because of ${missing}` };
    if (line.kind === 'fail' || missing !== undefined) failed.push(name);
    await print({ ...line, text: toPrintable(line.text, scene.secrets) });
  }
}

async function look(scene: Scene, { name, act }: Check): Promise<Line> {
  try {
    return { kind: 'ok', name, text: await act(scene) };
  } catch (error) {
    scene.parts.signal.throwIfAborted();
    if (error instanceof NotCheckedError) return { kind: 'skip', name, text: error.message };
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const isOurs = error instanceof Error && error.name === 'SomethingElseError';
    return { kind: 'fail', name, text: isOurs || !(error instanceof Error) ? message : `${error.name}: ${message}` };
  }
}

const MOST_CHARACTERS = 400;

/** Anything may answer in place of the relay, so the text shows no secret of ours and no control characters. */
function toPrintable(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '…');
  return clean.replaceAll(/\p{C}+/gu, ' ').slice(0, MOST_CHARACTERS);
}
