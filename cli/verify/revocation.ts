import { setTimeout as wait } from 'node:timers/promises';

import { holdsEverywhereFrom } from '../keys/everywhere.ts';
import { revokeKey } from '../../operator/key-records.ts';
import { assertSeen, type Check } from './check.ts';
import { NO_TASK_ID, type Scene } from './scene.ts';

/** Whether a revoked key is refused within 60 s. Waited for only where everything else was as it should be. */
export const REVOCATION_CHECK: Check = { name: 'revoked', needs: 'all', act: revokedKeyIsRefused };

const LOOK_AGAIN_MS = 1_000;

/** Together, so that several containers are asked where there are some; few enough to set no alarm off. */
const ASKED_AT_ONCE = 4;

async function revokedKeyIsRefused(scene: Scene): Promise<string> {
  const { keyId } = await scene.key();
  await revokeKey(scene.parts.target, keyId);
  const revokedAtMs = Date.now();
  const endsAtMs = Date.parse(holdsEverywhereFrom(revokedAtMs));
  while (!(await isRefused(scene, 1)) || !(await isRefused(scene, ASKED_AT_ONCE))) {
    assertSeen(Date.now() < endsAtMs, 'the key is let in 60 s after it was revoked');
    await wait(Math.min(LOOK_AGAIN_MS, Math.max(1, endsAtMs - Date.now())), undefined, { signal: scene.parts.signal });
  }
  const seconds = Math.ceil((Date.now() - revokedAtMs) / 1000);
  return `the key was revoked, and ${seconds} s after that each of ${ASKED_AT_ONCE} requests at once was refused`;
}

async function isRefused(scene: Scene, times: number): Promise<boolean> {
  const answers = await Promise.all(Array.from({ length: times }, async () => scene.find(NO_TASK_ID)));
  return answers.every(({ status }) => status === 401);
}
