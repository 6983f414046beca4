import { assertSeen, type Check, NotCheckedError, SomethingElseError } from './check.ts';
import { assertRecorded } from './outcome.ts';
import type { Scene } from './scene.ts';
import { askSwf, RECORDED } from './swf-itself.ts';

/** How SWF counts the characters of details, and whether the relay lets all that SWF accepts pass. */
export const CHARACTERS_CHECK: Check = { name: 'characters', needs: ['heartbeat'], act: charactersAreCounted };

/** SWF's API reference, RecordActivityTaskHeartbeat. */
const DETAILS_MAX_CHARACTERS = 2_048;

/** One code point, two UTF-16 units, four bytes. */
const ASTRAL = '\u{1D4B3}';

const WAYS = [
  {
    details: ASTRAL.repeat(DETAILS_MAX_CHARACTERS),
    seen: 'SWF counts code points: it accepts 2,048 characters of two UTF-16 units each, and the relay passes them on',
  },
  {
    details: ASTRAL.repeat(DETAILS_MAX_CHARACTERS / 2),
    seen: 'SWF counts UTF-16 units: it accepts 1,024 characters of two units each, not 2,048, and the relay passes them on',
  },
] as const;

async function charactersAreCounted(scene: Scene): Promise<string> {
  const task = await scene.task('main');
  if (await isAccepted(scene, task.taskToken, 'x'.repeat(DETAILS_MAX_CHARACTERS + 1))) {
    throw new NotCheckedError("can't tell: SWF itself accepts 2,049 characters, so it does not count them");
  }
  for (const { details, seen } of WAYS) {
    if (!(await isAccepted(scene, task.taskToken, details))) continue;
    const meanings = { MalformedRequest: 'the relay refuses what SWF itself accepts' };
    assertRecorded(await scene.heartbeat(task, details), false, meanings);
    return seen;
  }
  throw new SomethingElseError(
    'SWF itself accepts neither 2,048 nor 1,024 characters of two UTF-16 units: it counts bytes',
  );
}

async function isAccepted(scene: Scene, taskToken: string, details: string): Promise<boolean> {
  const said = await askSwf(scene, taskToken, details);
  assertSeen(said === RECORDED || said.startsWith('ValidationException'), `SWF itself says "${said}"`);
  return said === RECORDED;
}
