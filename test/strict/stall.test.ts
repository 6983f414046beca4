import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { cancelTask, startTask } from '../../local/tasks.ts';
import { A_TIME, aProblem, aSuccess } from './answers-shape.ts';
import { openStage } from './answers-stage.ts';

const { shared, key, world, container, start } = await openStage();
afterAll(async () => shared.close());
afterEach(() => world.misbehave());

const startOne = () => startTask(shared.swf, 'orders');
const heartbeat = ({ taskToken }: { readonly taskToken: string }, on = container) =>
  on.heartbeat(key, 'orders', taskToken);

const recorded = ({ taskId }: { readonly taskId: string }) =>
  aSuccess({ cancelRequested: false, forwarded: true, taskId, observedAt: A_TIME });

/** What the relay promises for every answer (docs/api.md). Time is counted in turns of the loop, so a busy machine does not matter. */
const ANSWERED_WITHIN_MS = 4_500;

describe('a task token that makes SWF hang', () => {
  it('is answered with 503 within the relay’s deadline, and other tasks are not affected', async () => {
    const [stuck, other] = [await startOne(), await startOne()];
    world.misbehave(`swf/${stuck.taskId}=stall:600s`);
    const stalled = [heartbeat(stuck), heartbeat(stuck), heartbeat(stuck, start())];
    const answered: string[] = [];
    const note = (name: string) => () => answered.push(name);
    const all = [...stalled.map((answer) => answer.then(note('stuck'))), heartbeat(other).then(note('other'))];
    await Promise.all(all);
    expect(answered[0]).toBe('other');
    expect(await heartbeat(other)).toEqual(recorded(other));
    for (const answer of await Promise.all(stalled)) {
      expect(answer).toEqual(aProblem('503 SwfUnavailable'));
      expect(answer.elapsedMs).toBeLessThan(ANSWERED_WITHIN_MS);
    }
  });

  it('still hears of a cancellation that the relay remembers', async () => {
    const stuck = await startOne();
    await cancelTask(shared.swf, { ...stuck, domain: 'orders' });
    const { observedAt } = (await heartbeat(stuck)).body;
    world.misbehave(`swf/${stuck.taskId}=stall:600s`);
    const { taskId } = stuck;
    const answer = await heartbeat(stuck);
    expect(answer).toEqual(aSuccess({ cancelRequested: true, forwarded: false, taskId, observedAt }));
    expect(answer.elapsedMs).toBeLessThan(ANSWERED_WITHIN_MS);
  });

  it('is recorded again once SWF answers', async () => {
    const stuck = await startOne();
    world.misbehave(`swf/${stuck.taskId}=stall:600s`);
    expect(await heartbeat(stuck)).toEqual(aProblem('503 SwfUnavailable'));
    world.misbehave();
    expect(await heartbeat(stuck)).toEqual(recorded(stuck));
  });
});
