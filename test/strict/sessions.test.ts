import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createSessions } from '../../lambda/aws/sts.ts';
import { createForward } from '../../lambda/aws/swf.ts';
import { startAwsEndpoint } from '../../local/aws/endpoint.ts';
import { createSts } from '../../local/aws/sts.ts';
import { Faults, parseFaultRule } from '../../local/faults.ts';
import { issueFunctionSession } from '../../local/relay-function.ts';
import { startTask } from '../../local/tasks.ts';
import {
  type Answer,
  type SharedStack,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
} from './function-under-test.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** A session lasts an hour. */
const HOUR_MS = 60 * MINUTE_MS;

let shared: SharedStack;
let key: IssuedKey;
let taskToken: string;

beforeAll(async () => {
  shared = await openSharedStack();
  key = await issueTo(shared, 'orders');
  ({ taskToken } = await startTask(shared.swf, 'orders'));
});
afterAll(async () => shared.close());

/** A container and an STS that go by one clock, which only a test moves. SWF and the tables go by the real one. */
async function openSessions() {
  const { stack } = shared;
  let nowMs = Date.now();
  const clock = (): number => nowMs;
  const faults = new Faults(Date.now, Math.random);
  const { accessKeyId, secretAccessKey, sessionToken } = issueFunctionSession(
    stack.template,
    { access: stack.realm.access, faults },
    stack.credentials,
  );
  let asked = 0;
  const sts = await startAwsEndpoint(
    {
      apis: [createSts({ credentials: stack.credentials, clock })],
      credentials: stack.credentials,
      clock: Date.now,
      onCall: () => {
        asked += 1;
      },
    },
    0,
  );
  const aws = {
    region: stack.region,
    requestHandler: createRequestHandler(),
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  };
  const sessionOf = createSessions({ aws: { ...aws, endpoint: sts.url }, clock });
  const forward = createForward({ sessionOf, aws: { ...aws, endpoint: stack.awsUrl }, clock });
  const container = openFunctionUnderTest(shared).startContainer({ forward });
  return {
    heartbeat: async (): Promise<Answer> => container.heartbeat(key, 'orders', taskToken),
    /** How often STS was asked for a session. */
    asked: (): number => asked,
    advance: (ms: number): void => {
      nowMs += ms;
    },
    misbehave: (...rules: readonly string[]): void => faults.set(rules.map(parseFaultRule)),
    [Symbol.asyncDispose]: async (): Promise<void> => sts.close(),
  };
}

const RECORDED = { status: 200, body: { forwarded: true } };
const UNAVAILABLE = { status: 503, body: { code: 'SwfUnavailable' } };

describe('while a session is good', () => {
  it('is asked for once, however many heartbeats come first and at once', async () => {
    await using sessions = await openSessions();
    const answers = await Promise.all(Array.from({ length: 5 }, sessions.heartbeat));
    for (const answer of answers) expect(answer).toMatchObject(RECORDED);
    expect(sessions.asked()).toBe(1);
  });

  it('is not renewed with eleven minutes to go', async () => {
    await using sessions = await openSessions();
    await sessions.heartbeat();
    sessions.advance(HOUR_MS - 11 * MINUTE_MS);
    expect(await sessions.heartbeat()).toMatchObject(RECORDED);
    await wait(100);
    expect(sessions.asked()).toBe(1);
  });
});

describe('in the last ten minutes of a session', () => {
  it('renews it once, not with every heartbeat, and again an hour later', async () => {
    await using sessions = await openSessions();
    await sessions.heartbeat();
    for (const sessionsSoFar of [2, 3]) {
      sessions.advance(HOUR_MS - 9 * MINUTE_MS);
      const answers = await Promise.all(Array.from({ length: 5 }, sessions.heartbeat));
      for (const answer of answers) expect(answer).toMatchObject(RECORDED);
      await expect.poll(sessions.asked).toBe(sessionsSoFar);
      await wait(50);
      for (let heartbeats = 0; heartbeats < 3; heartbeats += 1)
        expect(await sessions.heartbeat()).toMatchObject(RECORDED);
      expect(sessions.asked()).toBe(sessionsSoFar);
    }
  });

  it('goes on recording heartbeats with STS down four minutes before the end', async () => {
    await using sessions = await openSessions();
    await sessions.heartbeat();
    sessions.advance(56 * MINUTE_MS);
    sessions.misbehave('sts=down');
    for (let heartbeats = 0; heartbeats < 5; heartbeats += 1)
      expect(await sessions.heartbeat()).toMatchObject(RECORDED);
    sessions.advance(3 * MINUTE_MS + 29 * SECOND_MS);
    expect(await sessions.heartbeat()).toMatchObject(RECORDED);
  });

  it.each(['sts=hang', 'sts=slow:3s'])('is not held up by %s', async (fault) => {
    await using sessions = await openSessions();
    await sessions.heartbeat();
    sessions.advance(56 * MINUTE_MS);
    sessions.misbehave(fault);
    const answer = await sessions.heartbeat();
    expect(answer).toMatchObject(RECORDED);
    expect(answer.elapsedMs).toBeLessThan(400);
  });
});

describe('once a session is used up', () => {
  it('records nothing 29 s before the end with STS down, and records again when STS is back', async () => {
    await using sessions = await openSessions();
    await sessions.heartbeat();
    sessions.advance(HOUR_MS - 29 * SECOND_MS);
    sessions.misbehave('sts=down');
    expect(await sessions.heartbeat()).toMatchObject(UNAVAILABLE);
    expect(await sessions.heartbeat()).toMatchObject(UNAVAILABLE);
    sessions.misbehave();
    expect(await sessions.heartbeat()).toMatchObject(RECORDED);
  });

  it('asks STS anew after a call that hung, instead of waiting for the old one', async () => {
    await using sessions = await openSessions();
    sessions.misbehave('sts=hang');
    const answer = await sessions.heartbeat();
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(answer.elapsedMs).toBeLessThan(1_500);
    sessions.misbehave();
    expect(await sessions.heartbeat()).toMatchObject(RECORDED);
  });
});
