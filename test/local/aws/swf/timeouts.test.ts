import { beforeEach, describe, expect, it } from 'vitest';
import { CALLER, ClockedSwf, START } from './moved-clock.ts';

let swf: ClockedSwf;
beforeEach(async () => {
  swf = new ClockedSwf();
  await swf.prepare();
});

describe('timeouts with a manual clock', () => {
  it.each([
    { timeout: 'heartbeatTimeout', timeoutType: 'HEARTBEAT' },
    { timeout: 'startToCloseTimeout', timeoutType: 'START_TO_CLOSE' },
    { timeout: 'scheduleToCloseTimeout', timeoutType: 'SCHEDULE_TO_CLOSE' },
  ])('$timeoutType: SWF accepts a heartbeat in the last millisecond, but not one later', async ({ timeout }) => {
    const taskToken = await swf.working({ [timeout]: '60' });
    swf.after(59.999);
    expect(await swf.heartbeat(taskToken)).toEqual({ cancelRequested: false });
    if (timeout === 'heartbeatTimeout') swf.after(59.999);
    swf.after(0.001);
    await expect(swf.heartbeat(taskToken)).rejects.toThrow('Unknown activity, scheduledEventId = 5');
  });

  it('a timeout has the time of the deadline, not of its detection', async () => {
    const runId = await swf.start();
    await swf.schedule('a', { scheduleToStartTimeout: '10' });
    swf.after(1000);
    expect(await swf.events(runId)).toContainEqual({
      eventId: 6,
      eventTimestamp: START / 1000 + 10,
      eventType: 'ActivityTaskTimedOut',
      activityTaskTimedOutEventAttributes: { timeoutType: 'SCHEDULE_TO_START', scheduledEventId: 5, startedEventId: 0 },
    });
  });

  it.each([
    { heartbeats: ['first', 'second'], details: 'second' },
    { heartbeats: ['first', undefined], details: undefined },
    { heartbeats: ['first', ''], details: '' },
    { heartbeats: [undefined, 'second'], details: 'second' },
  ])('a heartbeat without details replaces the stored details: $heartbeats', async ({ heartbeats, details }) => {
    const runId = await swf.start();
    await swf.schedule('a', { heartbeatTimeout: '10' });
    const task = await swf.poll('Activity');
    for (const sent of heartbeats) await swf.heartbeat(String(task?.['taskToken']), sent);
    expect(swf.swf.listOpenTasks(CALLER)[0]?.details).toBe(details);
    swf.after(10);
    const timedOut = { timeoutType: 'HEARTBEAT', scheduledEventId: 5, startedEventId: 6 };
    expect(await swf.events(runId)).toContainEqual({
      eventId: 7,
      eventTimestamp: START / 1000 + 10,
      eventType: 'ActivityTaskTimedOut',
      activityTaskTimedOutEventAttributes: { ...timedOut, ...(details === undefined ? {} : { details }) },
    });
  });

  it('an hour without a timeout closes nothing', async () => {
    const taskToken = await swf.working();
    swf.after(3599);
    expect(await swf.heartbeat(taskToken)).toEqual({ cancelRequested: false });
  });

  it('a run that times out ends its tasks', async () => {
    const taskToken = await swf.working();
    swf.after(3600);
    await expect(swf.heartbeat(taskToken)).rejects.toThrow(
      /^Unknown execution: WorkflowExecution=\[workflowId=w, runId=22/,
    );
  });

  it('a closed run is forgotten once its retention period of 2 days is over', async () => {
    const runId = await swf.start();
    swf.after(3600 + 2 * 86_400 - 1);
    expect((await swf.events(runId)).length).toBe(3);
    swf.after(1);
    await expect(swf.events(runId)).rejects.toThrow('Unknown execution');
  });

  it('a held poll gets a task that results from a timeout, as soon as SWF sees the moved clock', async () => {
    await swf.start();
    await swf.schedule('a', { scheduleToStartTimeout: '10' });
    const held = swf.poll('Decision');
    swf.after(10);
    swf.swf.tick();
    expect(await held).toMatchObject({ previousStartedEventId: 3, startedEventId: 8 });
  });

  it('a poll never gets a task that ended before the poll', async () => {
    await swf.start();
    await swf.schedule('a', { scheduleToStartTimeout: '10' });
    swf.after(10);
    const gone = AbortSignal.timeout(20);
    expect(await swf.poll('Activity', { signal: gone })).toEqual({ taskToken: '', startedEventId: 0 });
  });
});
