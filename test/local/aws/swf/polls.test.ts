import { beforeEach, describe, expect, it } from 'vitest';
import { ClockedSwf } from './moved-clock.ts';

let swf: ClockedSwf;
beforeEach(async () => {
  swf = new ClockedSwf();
  await swf.prepare();
});

const NOTHING = { taskToken: '', startedEventId: 0 };

describe('long polls', () => {
  it('give work to the poller that has waited longest', async () => {
    await swf.start();
    const [first, second] = [swf.poll('Activity'), swf.poll('Activity')];
    await swf.schedule('a');
    await swf.start('v');
    await swf.schedule('b');
    expect((await first)?.['activityId']).toBe('a');
    expect((await second)?.['activityId']).toBe('b');
  });

  it('skip a poller that disconnected, and lose no task to it', async () => {
    await swf.start();
    const gone = new AbortController();
    const first = swf.poll('Activity', { signal: gone.signal });
    const second = swf.poll('Activity');
    gone.abort();
    await swf.schedule('a');
    expect(await first).toEqual(NOTHING);
    expect((await second)?.['activityId']).toBe('a');
  });

  it('give nothing to a poller that disconnected before its poll started', async () => {
    await swf.start();
    await swf.schedule('a');
    expect(await swf.poll('Activity', { signal: AbortSignal.abort() })).toEqual(NOTHING);
    expect((await swf.poll('Activity'))?.['activityId']).toBe('a');
  });

  it('belong to one task list of one domain, account and region', async () => {
    await swf.start();
    const elsewhere = swf.call('PollForActivityTask', { domain: 'orders', taskList: { name: 'other' } });
    await swf.schedule('a');
    expect((await swf.poll('Activity'))?.['activityId']).toBe('a');
    swf.swf.close();
    expect(await elsewhere).toEqual(NOTHING);
  });

  it('end empty after the hold: 60 s, or the configured time', async () => {
    swf = new ClockedSwf({ pollHoldMs: 10 });
    await swf.prepare();
    expect(await swf.poll('Activity')).toEqual(NOTHING);
    expect(await swf.poll('Decision')).toEqual({ ...NOTHING, previousStartedEventId: 0 });
  });

  it('end empty when SWF is closed', async () => {
    const held = [swf.poll('Activity'), swf.poll('Decision')];
    swf.swf.close();
    expect(await Promise.all(held)).toMatchObject([NOTHING, NOTHING]);
  });

  it('are limited to 1,000 per task list: LimitExceededFault', async () => {
    const held = Array.from({ length: 1000 }, () => swf.poll('Activity'));
    await expect(swf.poll('Activity')).rejects.toMatchObject({
      type: 'com.amazonaws.swf.base.model#LimitExceededFault',
    });
    await expect(swf.poll('Decision', { signal: AbortSignal.abort() })).resolves.toMatchObject(NOTHING);
    swf.swf.close();
    expect(await Promise.all(held)).toHaveLength(1000);
  });

  it('are refused at once for an unknown domain', async () => {
    const poll = swf.call('PollForActivityTask', { domain: 'none', taskList: { name: 'list' } });
    await expect(poll).rejects.toThrow('Unknown domain: none');
  });
});
