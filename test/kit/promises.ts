import { expect } from 'vitest';

import type { Exchange } from './relay/scripted-relay.ts';
import { KEY, OTHER_KEY, type Scene, TASK_TOKEN } from './scene.ts';
import type { Situation } from './situation.ts';

/**
 * A busy machine lets a process wait for its turn, and a shell worker starts a program for each request.
 * `test/worker/retry-rule.test.ts` checks the exact times of the Node worker on a virtual clock.
 */
const BUSY_MS = 2_000;
const MS = 1_000;

/** What each worker promises in every situation, as the relay sees it. */
export function assertPromises(scene: Scene, situation: Situation): void {
  const { relay, stdout, stderr, commandLines } = scene;
  expect(relay.mostAtOnce, 'requests under way at the same time').toBeLessThanOrEqual(1);
  for (const secret of [KEY, OTHER_KEY, TASK_TOKEN]) {
    expect(stdout + stderr).not.toContain(secret);
    expect(commandLines.join('\n')).not.toContain(secret);
  }
  expect(findEarlyEnd(relay.received), 'a request after the end of the task').toBeUndefined();
  if (situation.isSuspended === true) return;
  assertGaps(scene, situation);
  if (situation.exitCode === 92) assertLostInTime(scene, situation);
}

/** The request that ended the task, if it was not the last one. */
const findEarlyEnd = (received: readonly Exchange[]): Exchange | undefined =>
  received
    .slice(0, -1)
    .find(({ reply }) => membersOf(reply)['code'] === 'TaskNotOpen' || 'outcome' in membersOf(reply));

/** Without a failure, no more than T/3 lies between two heartbeats, or between the last one and the worker's end. */
function assertGaps({ relay: { received }, endedAtMs }: Scene, { timeoutSeconds }: Situation): void {
  // If the work ends at once, the worker may end before its first heartbeat arrives. None follows then.
  if (Number.isNaN(endedAtMs)) {
    expect(received.length, 'heartbeats of a worker that ended before the first').toBeLessThanOrEqual(1);
    return;
  }
  const longestMs = (timeoutSeconds * MS) / 3 + BUSY_MS;
  for (const [index, { atMs, reply }] of received.entries()) {
    if (!isRecorded(reply) && membersOf(reply)['code'] !== 'Paced') continue;
    const nextAtMs = received[index + 1]?.atMs ?? endedAtMs;
    expect(nextAtMs - atMs, `the gap after heartbeat ${index}`).toBeLessThanOrEqual(longestMs);
  }
}

/** Neither before T is over, nor much later, unless the work was given time. */
function assertLostInTime({ relay: { received }, endedAtMs }: Scene, { timeoutSeconds, options }: Situation): void {
  const recordedAtMs = received.findLast(({ reply }) => isRecorded(reply))?.atMs;
  if (recordedAtMs === undefined) return;
  expect(endedAtMs - recordedAtMs).toBeGreaterThan(timeoutSeconds * MS - BUSY_MS);
  if (options === undefined) expect(endedAtMs - recordedAtMs).toBeLessThan(timeoutSeconds * MS + 2 * BUSY_MS);
}

const isRecorded = (reply: Exchange['reply']): boolean => membersOf(reply)['forwarded'] === true;

/** Of an answer that came at once. */
function membersOf(reply: Exchange['reply']): Readonly<Record<string, unknown>> {
  if (reply.kind !== 'answer' || reply.afterMs !== undefined || !reply.body.startsWith('{')) return {};
  const members: unknown = JSON.parse(reply.body);
  return typeof members === 'object' && members !== null ? Object.fromEntries(Object.entries(members)) : {};
}
