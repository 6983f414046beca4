import { describe, expect, it } from 'vitest';

import { ERROR_CLASSES as errors } from '../../error-classes.ts';
import { toCode } from '../../test-app.ts';
import { ENDS, EndWorld, IN_SWF_WORDS, KINDS, toGone, toSaid } from './end-world.ts';

const PACE = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 };

describe.each(KINDS)('after the end %s', (kind) => {
  const { outcome } = ENDS[kind];

  it('the same container tells a native heartbeat the outcome, without a call or a read', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    await call(world.end(kind));
    expect(toSaid(await call(world.heartbeat()))).toEqual(toGone('native', { outcome }));
    expect(world.swf.calls).toEqual([kind]);
  });

  it('a paced heartbeat learns the outcome from the row, from any container and for as long as the row lasts', async () => {
    const world = new EndWorld();
    await world.startContainer()(world.end(kind));
    world.backends.nowMs += 3_600_000;
    expect(toSaid(await world.startContainer()(world.heartbeat('native', PACE)))).toEqual(
      toGone('native', { outcome }),
    );
    expect(world.swf.calls).toEqual([kind]);
  });

  it('another container asks SWF about a heartbeat that is not paced', async () => {
    const world = new EndWorld();
    await world.startContainer()(world.end(kind));
    expect(toSaid(await world.startContainer()(world.heartbeat()))).toEqual(toGone('native'));
    expect(world.swf.calls).toEqual([kind, 'heartbeat']);
  });

  it('an AWS client gets SWF’s own words, which the container asks for once', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    await call(world.end(kind));
    for (let sent = 0; sent < 3; sent += 1) {
      expect(toSaid(await call(world.heartbeat('aws')))).toEqual(IN_SWF_WORDS);
      world.backends.nowMs += 600_000;
    }
    expect(world.swf.calls).toEqual([kind, 'heartbeat']);
  });

  it('batch entries learn the outcome, too', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    await call(world.end(kind));
    const body = JSON.stringify({ heartbeats: [{ taskToken: world.taskToken }] });
    const answer = await call({ ...world.heartbeat(), body });
    expect(JSON.parse(answer.body)).toMatchObject({ results: [{ status: 410, code: 'TaskNotOpen', outcome }] });
  });

  it('while SWF throttles: the row answers natively, and an AWS client is told to try again, never invented words', async () => {
    const world = new EndWorld();
    await world.startContainer()(world.end(kind));
    const forward = async (): Promise<never> => {
      throw new errors.SwfThrottledError();
    };
    expect(toSaid(await world.startContainer({ forward })(world.heartbeat()))).toEqual(toGone('native', { outcome }));
    expect(toSaid(await world.startContainer({ forward })(world.heartbeat('aws')))).toMatchObject({
      __type: 'com.amazon.coral.availability#ThrottlingException',
    });
  });

  it('a different end of an AWS client gets SWF’s own words, asked for by a heartbeat', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    await call(world.end(kind, 'aws'));
    const other = kind === 'fail' ? 'complete' : 'fail';
    for (let sent = 0; sent < 3; sent += 1) expect(toSaid(await call(world.end(other, 'aws')))).toEqual(IN_SWF_WORDS);
    expect(world.swf.calls).toEqual([kind, 'heartbeat']);
    expect(toSaid(await world.startContainer()(world.end(other, 'aws')))).toEqual(IN_SWF_WORDS);
    expect(world.swf.calls).toEqual([kind, 'heartbeat']);
  });
});

describe('an attempt without an answer', () => {
  it('makes no task known: it paces nothing, and nobody can look at it', async () => {
    const world = new EndWorld();
    world.faults.swf = 'before';
    await world.startContainer()(world.end('complete'));
    expect(toCode(await world.startContainer()(world.look(world.taskId)))).toBe('TaskUnknown');
    expect(toSaid(await world.startContainer()(world.heartbeat('native', PACE)))).toMatchObject({ forwarded: true });
  });

  it('leaves an open task open', async () => {
    const world = new EndWorld();
    const call = world.startContainer();
    await call(world.heartbeat());
    world.faults.swf = 'after';
    await call(world.end('complete'));
    expect(toSaid(await call(world.look(world.taskId)))).toMatchObject({ state: 'open' });
    expect(toSaid(await call(world.heartbeat()))).toEqual(toGone('native'));
    expect(toSaid(await call(world.look(world.taskId)))).toMatchObject({ state: 'closed' });
  });
});
