import { setTimeout as wait } from 'node:timers/promises';

import { holdsEverywhereFrom } from '../keys/everywhere.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { assertSeen, type Check } from './check.ts';
import { describe } from './outcome.ts';
import type { RelayAnswer } from './relay-client.ts';
import { NO_TASK_ID, type Scene } from './scene.ts';

/** Whether a revoked key is refused within 60 s, whatever else fails: leaked keys are revoked in bad times, too. */
export const REVOCATION_CHECK: Check = { name: 'revoked', needs: ['key'], act: revokedKeyIsRefused };

const RETRY_MS = 1_000;

/** At once, to reach several containers if there are any; few enough not to raise an alarm. */
const ASKED_AT_ONCE = 4;

async function revokedKeyIsRefused(scene: Scene): Promise<string> {
  const { keyId } = await scene.key();
  await revokeKey(scene.parts.target, keyId);
  const revokedAtMs = Date.now();
  const endsAtMs = Date.parse(holdsEverywhereFrom(revokedAtMs));
  for (;;) {
    const other = (await findOtherAnswer(scene, 1)) ?? (await findOtherAnswer(scene, ASKED_AT_ONCE));
    if (other === undefined) break;
    assertSeen(Date.now() < endsAtMs, `60 s after its revocation the key gets ${describe(other)} instead of 401`);
    await wait(Math.min(RETRY_MS, Math.max(1, endsAtMs - Date.now())), undefined, { signal: scene.parts.signal });
  }
  const seconds = Math.ceil((Date.now() - revokedAtMs) / 1000);
  return `${seconds} s after its revocation the key was refused in all of ${ASKED_AT_ONCE} simultaneous requests`;
}

/** @returns an answer that is no refusal of the key; undefined if all are. */
async function findOtherAnswer(scene: Scene, times: number): Promise<RelayAnswer | undefined> {
  const answers = await Promise.all(Array.from({ length: times }, async () => scene.find(NO_TASK_ID)));
  return answers.find(({ status }) => status !== 401);
}
