import { describe, expect, it } from 'vitest';

import { OPERATIONS } from '../../../../lambda/environment/environment.ts';
import { toCodes } from '../../test-app.ts';
import { aKeyId, aRecord, aRecordV2, toAuthorization } from '../../workers/worker-key-records.ts';
import { ENDS, EndWorld, FORMATS, type Kind, KINDS, PAYLOADS, toAccepted, toGone, toSaid } from './end-world.ts';

const CASES = KINDS.flatMap((kind) => FORMATS.map((format) => ({ kind, format })));

describe.each(CASES)('$kind in the $format format', ({ kind, format }) => {
  const other = kind === 'fail' ? 'complete' : 'fail';

  it('reaches SWF as it came, is answered, reported and stored', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    const answer = await call(world.end(kind, format, { ...PAYLOADS[kind], identity: 'press 7' }));
    expect(toSaid(answer)).toEqual(toAccepted(kind, format));
    const { taskToken } = world;
    expect(world.sent).toEqual([{ taskToken, ...PAYLOADS[kind] }]);
    expect(world.backends.reports.flatMap(({ outcome }) => toCodes(outcome))).toEqual([ENDS[kind].code]);
    expect(toSaid(await world.startContainer()(world.look(world.taskId)))).toEqual({
      status: 200,
      state: 'closed',
      cancelRequested: false,
      observedAt: '2026-11-22T08:00:00.000Z',
      outcome: ENDS[kind].outcome,
    });
  });

  it('takes no member but the token', async () => {
    const world = new EndWorld();
    expect(toSaid(await world.startContainer()(world.end(kind, format, {})))).toEqual(toAccepted(kind, format));
    expect(world.sent).toEqual([{ taskToken: world.taskToken }]);
  });

  it.each([2, 5])('%i times, from two containers: each is told the same, and SWF is called once', async (times) => {
    const world = new EndWorld();
    const calls = [world.startContainer(), world.startContainer()];
    for (let time = 0; time < times; time += 1) {
      const answer = await calls[time % 2]?.(world.end(kind, format));
      expect(answer === undefined ? undefined : toSaid(answer)).toEqual(toAccepted(kind, format));
    }
    expect(world.swf.calls).toEqual([kind]);
  });

  it('is told the same for 30 days, also by a container that starts then', async () => {
    const world = new EndWorld();
    await world.startContainer()(world.end(kind, format));
    world.backends.nowMs += 30 * 86_400_000 - 1_000;
    expect(toSaid(await world.startContainer()(world.end(kind, format)))).toEqual(toAccepted(kind, format));
    expect(world.swf.calls).toEqual([kind]);
  });

  it('after a different end: learns which one stands, from any container', async () => {
    const world = new EndWorld();
    const first = world.startContainer();
    await first(world.end(other, format));
    for (const call of [first, world.startContainer()]) {
      expect(toSaid(await call(world.end(kind, format)))).toEqual(toGone(format, { outcome: ENDS[other].outcome }));
    }
    expect(world.swf.calls.filter((called) => called !== 'heartbeat')).toEqual([other]);
  });

  it('with another payload is a different end', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    await call(world.end(kind, format));
    expect(toSaid(await call(world.end(kind, format, { details: 'x', result: 'x' })))).toEqual(
      toGone(format, { outcome: ENDS[kind].outcome }),
    );
  });

  it('of a task that has timed out is refused in SWF’s words, and no attempt is unanswered, however often', async () => {
    const world = new EndWorld();
    world.swf.timeOut();
    for (const call of [world.startContainer(), world.startContainer()]) {
      expect(toSaid(await call(world.end(kind, format)))).toEqual(toGone(format));
    }
  });

  it('whose answer got lost after SWF accepted it: nobody can tell, and nothing is invented', async () => {
    const world = new EndWorld();
    world.faults.swf = 'after';
    const status = format === 'aws' ? 400 : 503;
    expect((await world.startContainer()(world.end(kind, format))).statusCode).toBe(status);
    world.faults.swf = 'none';
    for (const call of [world.startContainer(), world.startContainer()]) {
      expect(toSaid(await call(world.end(kind, format)))).toEqual(toGone(format, { unansweredAttempt: true }));
      expect(toSaid(await call(world.end(other, format)))).toEqual(toGone(format));
    }
  });

  it('that never reached SWF is carried out by the next attempt', async () => {
    const world = new EndWorld();
    world.faults.swf = 'before';
    await world.startContainer()(world.end(kind, format));
    world.faults.swf = 'none';
    expect(toSaid(await world.startContainer()(world.end(kind, format)))).toEqual(toAccepted(kind, format));
  });

  it('that the relay had no time to send has no unanswered attempt', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    world.faults.swf = 'unsent';
    expect((await call(world.end(kind, format))).statusCode).toBe(format === 'aws' ? 400 : 503);
    world.faults.swf = 'none';
    world.swf.timeOut();
    expect(toSaid(await call(world.end(kind, format)))).toEqual(toGone(format));
  });

  it('that SWF throttles was answered: a late repeat is not said to have an unanswered attempt', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    world.faults.swf = 'throttle';
    const throttled = await call(world.end(kind, format));
    expect(throttled).toMatchObject({ statusCode: format === 'aws' ? 400 : 429 });
    expect(throttled.headers).toHaveProperty('retry-after');
    world.faults.swf = 'none';
    world.swf.timeOut();
    expect(toSaid(await call(world.end(kind, format)))).toEqual(toGone(format));
  });

  it.each(['before', 'after'] as const)('is not forwarded if its attempt cannot be stored: %s', async (fault) => {
    const world = new EndWorld();
    world.faults.begin = fault;
    const answer = await world.startContainer()(world.end(kind, format));
    expect(toSaid(answer)).toMatchObject(
      format === 'aws'
        ? { status: 400, __type: 'com.amazon.coral.availability#ThrottlingException' }
        : { status: 503, code: 'CacheUnavailable' },
    );
    expect(world.swf.calls).toEqual([]);
    world.faults.begin = 'none';
    expect(toSaid(await world.startContainer()(world.end(kind, format)))).toEqual(toAccepted(kind, format));
  });

  it('is answered though its outcome cannot be stored: this container repeats it, another cannot tell', async () => {
    const world = new EndWorld();
    world.faults.finish = 'before';
    const call = world.startContainer();
    expect(toSaid(await call(world.end(kind, format)))).toEqual(toAccepted(kind, format));
    expect(toSaid(await call(world.end(kind, format)))).toEqual(toAccepted(kind, format));
    expect(toSaid(await world.startContainer()(world.end(kind, format)))).toEqual(
      toGone(format, { unansweredAttempt: true }),
    );
    expect(world.backends.reports[0]?.trace.sideEvents).toEqual(new Set(['CacheWriteFailed']));
  });

  it('that is refused while the row cannot be read may have an attempt that was accepted', async () => {
    const world = new EndWorld();
    world.swf.timeOut();
    world.faults.release = 'before';
    expect(toSaid(await world.startContainer()(world.end(kind, format)))).toEqual(
      toGone(format, { unansweredAttempt: true }),
    );
    expect(world.backends.reports[0]?.trace.sideEvents).toEqual(new Set(['CacheWriteFailed']));
  });

  it.each<{ readonly won: Kind }>([{ won: kind }, { won: other }])(
    'that SWF refuses because another container ended it meanwhile by $won: that one stands',
    async ({ won }) => {
      const world = new EndWorld();
      const [first, second] = [world.startContainer(), world.startContainer()];
      let isFirst = true;
      world.toFault = async (step) => {
        if (step !== 'swf' || !isFirst) return 'none';
        isFirst = false;
        expect(toSaid(await second(world.end(won, format)))).toEqual(toAccepted(won, format));
        return 'none';
      };
      const standing = won === kind ? toAccepted(kind, format) : toGone(format, { outcome: ENDS[won].outcome });
      expect(toSaid(await first(world.end(kind, format)))).toEqual(standing);
      expect(world.swf.calls.filter((called) => called !== 'heartbeat')).toEqual([won, kind]);
      world.toFault = async () => 'before';
      expect(toSaid(await first(world.end(kind, format)))).toEqual(standing);
      expect(toSaid(await first(world.heartbeat(format)))).toEqual(toGone(format, { outcome: ENDS[won].outcome }));
    },
  );

  it.each([
    { given: 'a version 1 key', key: aRecord({ keyId: aKeyId(30) }), settings: {} },
    { given: 'a key for heartbeats alone', key: aRecordV2({}, aKeyId(31)), settings: {} },
    { given: 'a key for another end', key: aRecordV2({ operations: ['heartbeat', other] }, aKeyId(32)), settings: {} },
    { given: 'a domain without the setting', key: undefined, settings: { operations: undefined } },
    { given: 'a domain for another end', key: undefined, settings: { operations: ['heartbeat', other] as const } },
  ])('is refused with $given, and nothing is called', async ({ key, settings }) => {
    const world = new EndWorld(settings);
    if (key !== undefined) world.backends.keys.push(key);
    const answer = await world.startContainer()(world.end(kind, format, PAYLOADS[kind], key));
    expect(toSaid(answer)).toMatchObject(
      format === 'aws'
        ? { status: 400, __type: 'com.amazon.coral.service#AccessDeniedException' }
        : { status: 403, code: 'DomainNotGranted' },
    );
    expect(world.swf.calls).toEqual([]);
    expect(world.backends.leases.writes).toBe(0);
  });

  it('is refused by a stack that only relays heartbeats, even if the check of the grant let it through', async () => {
    const world = new EndWorld();
    const answer = await world.startContainer({ ends: undefined })(world.end(kind, format));
    expect(answer.statusCode).toBe(format === 'aws' ? 400 : 403);
    expect(world.swf.calls).toEqual([]);
  });

  it('pays a token, and is answered from the row when none is left', async () => {
    const world = new EndWorld();
    const slow = aRecordV2({ operations: OPERATIONS, rate: 1 }, aKeyId(33));
    world.backends.keys.push(slow);
    await world.startContainer()(world.end(kind, format, PAYLOADS[kind], slow));
    const headers = { authorization: toAuthorization(slow) };
    for (let sent = 0; sent < 9; sent += 1) await world.startContainer()({ ...world.heartbeat(), headers });
    const call = world.startContainer();
    expect(toSaid(await call(world.end(kind, format, PAYLOADS[kind], slow)))).toEqual(toAccepted(kind, format));
    const unknown = new EndWorld();
    Object.assign(unknown.backends, { keys: world.backends.keys, leases: world.backends.leases });
    const answer = await unknown.startContainer()(unknown.end(kind, format, PAYLOADS[kind], slow));
    expect(toSaid(answer)).toMatchObject(format === 'aws' ? { status: 400 } : { status: 429, code: 'KeyThrottled' });
    expect(unknown.swf.calls).toEqual([]);
  });
});
