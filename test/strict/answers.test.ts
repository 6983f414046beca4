import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { cancelTask, completeTask, startTask } from '../../local/tasks.ts';
import { bearer, issueTo } from './function-under-test.ts';
import { MARK, MARKED_KEY_ID, MARKED_SECRET, markedHeaders } from './marked-values.ts';
import { namesMetBy, namesOf } from './answers-met.ts';
import { ADDRESSES, BODIES, END_BODIES, ENDS, HEARTBEAT, NATIVE_BODIES, PROOFS } from './answers-rows.ts';
import { A_KEY, openStage, slowDomains } from './answers-stage.ts';
import { A_TIME, aProblem, aSuccess } from './answers-shape.ts';
import { forwardTo, openFakeAws, saysFault } from './matrix-fake-aws.ts';

const { shared, key, task, world, container, containers, start } = await openStage();
afterAll(async () => shared.close());
afterEach(() => world.misbehave());

/** A heartbeat whose every part that is free to choose holds the mark. */
const marked = (worker: IssuedKey, taskToken = `${MARK}token`, path = HEARTBEAT) => ({
  path,
  headers: { ...markedHeaders, ...bearer(worker) },
  body: JSON.stringify({ taskToken, details: `${MARK}details`, [`${MARK}member`]: MARK }),
});

describe('a success', () => {
  const at = { observedAt: A_TIME };

  it('says that a heartbeat was recorded', async () => {
    const answer = await container.send(marked(key, task.taskToken));
    expect(answer).toEqual(aSuccess({ cancelRequested: false, forwarded: true, taskId: task.taskId, ...at }));
  });

  it('says what a task’s state is, and that cancel is requested, from SWF and from the cache', async () => {
    const held = await startTask(shared.swf, 'orders');
    const inDomain = { ...held, domain: 'orders', cancelRequested: false };
    const { taskId, taskToken } = held;
    await container.heartbeat(key, 'orders', taskToken);
    expect(await container.find(key, 'orders', taskId)).toEqual(
      aSuccess({
        taskId,
        state: 'open',
        cancelRequested: false,
        ...at,
      }),
    );
    await cancelTask(shared.swf, inDomain);
    const fromSwf = await container.heartbeat(key, 'orders', taskToken);
    expect(fromSwf).toEqual(aSuccess({ cancelRequested: true, forwarded: true, taskId, ...at }));
    world.misbehave('swf=down');
    const { observedAt } = fromSwf.body;
    expect(await container.heartbeat(key, 'orders', taskToken)).toEqual(
      aSuccess({
        cancelRequested: true,
        forwarded: false,
        taskId,
        observedAt,
      }),
    );
    world.misbehave();
    await completeTask(shared.swf, inDomain, taskToken);
    expect(await container.heartbeat(key, 'orders', taskToken)).toEqual(aProblem('410 TaskNotOpen'));
    expect(await container.find(key, 'orders', taskId)).toEqual(
      aSuccess({
        taskId,
        state: 'closed',
        cancelRequested: true,
        ...at,
      }),
    );
  });

  it('says that a heartbeat was not due, and how old the answer is', async () => {
    const { taskId, taskToken } = await startTask(shared.swf, 'orders');
    const pace = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10, [`${MARK}member`]: MARK };
    const sent = { ...marked(key), body: JSON.stringify({ taskToken, details: MARK, ...pace }) };
    const recorded = await container.send(sent);
    const accepted = { acceptedAt: A_TIME, taskId, ...at };
    expect(recorded).toEqual(aSuccess({ cancelRequested: false, forwarded: true, ...accepted }));
    const { observedAt, acceptedAt } = recorded.body;
    expect(await container.send(sent)).toEqual(
      aSuccess({ cancelRequested: false, forwarded: false, code: 'Paced', observedAt, acceptedAt, taskId }),
    );
  });

  it.each(ENDS)('says how a task ended, and the same when it is asked again: %s', async (path, outcome) => {
    const { taskId, taskToken } = await startTask(shared.swf, 'orders');
    const sent = marked(key, taskToken, `/domains/orders/${path}`);
    const closed = { taskId, state: 'closed', outcome };
    for (const one of [container, start()]) expect(await one.send(sent)).toEqual(aSuccess(closed));
    expect(await container.find(key, 'orders', taskId)).toEqual(aSuccess({ ...closed, cancelRequested: false, ...at }));
    const other = marked(key, taskToken, `/domains/orders/${path === 'failures' ? 'completions' : 'failures'}`);
    expect(await container.send(other)).toEqual(aProblem('410 TaskNotOpen', {}, { outcome }));
  });

  it('says that the relay is there, without a key', async () => {
    expect(await container.send({ method: 'GET', path: '/health', headers: markedHeaders })).toEqual(
      aSuccess({ status: 'ok' }),
    );
  });
});

describe('a refusal before the key is looked at', () => {
  it.each(ADDRESSES)('%s', async (_name, sent, row, extra) => {
    expect(await container.send({ headers: markedHeaders, ...sent })).toEqual(aProblem(row, extra));
  });
});

describe('a refusal of a proof', () => {
  const unauthenticated = { 'www-authenticate': 'Bearer' };

  it.each(PROOFS)('%s', async (_name, authorization) => {
    const answer = await container.send({ ...marked(key), headers: { ...markedHeaders, ...authorization } });
    expect(answer).toEqual(aProblem('401 Unauthenticated', unauthenticated));
  });

  it('a wrong secret, word for word as an unknown key', async () => {
    const unknown = { authorization: `Bearer ${MARKED_KEY_ID}.${MARKED_SECRET}` };
    const wrong = { authorization: `Bearer ${key.keyId}.${MARKED_SECRET}` };
    const answers = await Promise.all(
      [unknown, wrong].map(async (headers) => container.send({ path: HEARTBEAT, headers })),
    );
    for (const answer of answers) expect(answer).toEqual(aProblem('401 Unauthenticated', unauthenticated));
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(answers[1]?.text).not.toContain(key.keyId);
  });
});

describe('a refusal of a heartbeat', () => {
  it.each([...BODIES, ...NATIVE_BODIES])('%s', async (_given, text) => {
    const body = Buffer.from(text).toString('base64');
    const answer = await container.send({ ...marked(key), body, isBase64Encoded: true });
    expect(answer).toEqual(aProblem('400 MalformedRequest'));
  });

  it('a text that is no task token', async () => {
    expect(await container.send(marked(key))).toEqual(aProblem('400 InvalidTaskToken'));
  });

  it.each([
    ['an undeclared domain', `/domains/${MARK}/heartbeats`],
    ['a domain that the key does not grant', '/domains/billing/heartbeats'],
  ])('%s', async (_name, path) => {
    expect(await container.send(marked(key, task.taskToken, path))).toEqual(aProblem('403 DomainNotGranted'));
  });

  it('a task of another domain, which is not named', async () => {
    const { taskToken } = await startTask(shared.swf, 'billing');
    const answer = await container.send(marked(key, taskToken));
    expect(answer).toEqual(aProblem('403 TaskNotInDomain'));
    expect(answer.text).not.toMatch(/billing|arn:/);
  });

  it('a closed task, in the relay’s words', async () => {
    await using swf = await openFakeAws(saysFault('UnknownResourceFault', `Unknown activity, ${MARK}`));
    expect(await start(forwardTo(swf)).send(marked(key))).toEqual(aProblem('410 TaskNotOpen'));
  });

  it('a field that SWF refuses, in the relay’s words', async () => {
    await using swf = await openFakeAws(saysFault('ValidationException', `Value '${MARK}' at 'details' is wrong`));
    expect(await start(forwardTo(swf)).send(marked(key))).toEqual(aProblem('400 MalformedRequest'));
  });

  it('a task of which nothing is known', async () => {
    const taskId = MARK.padEnd(43, 'x');
    expect(await container.find(key, 'orders', taskId)).toEqual(aProblem('404 TaskUnknown'));
  });
});

describe('a refusal of an end', () => {
  it.each(END_BODIES)('%s: %s', async (path, _given, text) => {
    const body = Buffer.from(text).toString('base64');
    const sent = { ...marked(key, MARK, `/domains/orders/${path}`), body, isBase64Encoded: true };
    expect(await container.send(sent)).toEqual(aProblem('400 MalformedRequest'));
  });

  it.each(ENDS)(
    '%s: one byte too many, a bad token, a domain that does not allow it, an attempt without an answer',
    async (path) => {
      const to = (body: string) => ({ ...marked(key, MARK, `/domains/orders/${path}`), body });
      expect(await container.send(to(MARK.padEnd(524_289)))).toEqual(aProblem('413 RequestTooLarge'));
      const unallowed = marked(await issueTo(shared, 'billing'), MARK, `/domains/billing/${path}`);
      expect(await container.send(unallowed)).toEqual(aProblem('403 DomainNotGranted'));
      expect(await container.send(to(JSON.stringify({ taskToken: `${MARK}token` })))).toEqual(
        aProblem('400 InvalidTaskToken'),
      );
      const { taskToken } = await startTask(shared.swf, 'orders');
      // SWF ends the task, and its answer is lost.
      world.misbehave('swf=reset');
      expect(await container.send(to(JSON.stringify({ taskToken })))).toEqual(aProblem('503 SwfUnavailable'));
      world.misbehave();
      expect(await start().send(to(JSON.stringify({ taskToken })))).toEqual(
        aProblem('410 TaskNotOpen', {}, { unansweredAttempt: true }),
      );
      world.misbehave('dynamodb/TaskStates=down');
      expect(await container.send(to(JSON.stringify({ taskToken: MARK })))).toEqual(aProblem('503 CacheUnavailable'));
    },
  );
});

describe('a rate that is used up', () => {
  it('of a key', async () => {
    const slow = await issueKey(shared.target, { ...A_KEY, rate: 1 }, Date.now());
    for (let sent = 0; sent < 10; sent += 1) await container.heartbeat(slow, 'orders', task.taskToken);
    expect(await container.send(marked(slow))).toEqual(aProblem('429 KeyThrottled'));
  });

  it('of a domain', async () => {
    const slow = start({ domains: slowDomains(shared) });
    await slow.send(marked(key));
    expect(await slow.send(marked(key))).toEqual(aProblem('429 DomainThrottled'));
  });
});

describe('a failure', () => {
  it.each([
    ['swf=throttle', '429 SwfThrottled'],
    ['swf=error', '503 SwfUnavailable'],
    ['swf=garbage', '503 SwfUnavailable'],
  ])('%s: %s', async (rule, row) => {
    const { taskToken } = await startTask(shared.swf, 'orders');
    world.misbehave(rule);
    expect(await container.send(marked(key, taskToken))).toEqual(aProblem(row));
  });

  it.each(['dynamodb/WorkerKeys=down', 'kms=error'])('%s: 503 AuthenticationUnavailable', async (rule) => {
    world.misbehave(rule);
    expect(await start().send(marked(key))).toEqual(aProblem('503 AuthenticationUnavailable'));
  });

  it.each(['down', 'throttle', 'hang', 'garbage'])('the cache, to read from: %s', async (kind) => {
    world.misbehave(`dynamodb/TaskStates=${kind}`);
    expect(await container.find(key, 'orders', task.taskId)).toEqual(aProblem('503 CacheUnavailable'));
  });

  it('something that SWF does not know', async () => {
    await using swf = await openFakeAws(saysFault('UnknownResourceFault', `Unknown domain: ${MARK}`));
    expect(await start(forwardTo(swf)).send(marked(key))).toEqual(aProblem('503 SwfResourceUnknown'));
  });

  it('our own set-up', async () => {
    await using swf = await openFakeAws(saysFault('ExpiredTokenException', MARK));
    expect(await start(forwardTo(swf)).send(marked(key))).toEqual(aProblem('503 RelayMisconfigured'));
  });

  it.each([new Error(`a bug at ${MARK}`), new TypeError(MARK), new DOMException(MARK, 'AbortError')])(
    'our own bug: %s',
    async (bug) => {
      const broken = start({ forward: async () => Promise.reject(bug) });
      expect(await broken.send(marked(key))).toEqual(aProblem('500 InternalError'));
    },
  );

  it('spreads the hints over their whole span', async () => {
    const hintAt = async (random: number): Promise<string | undefined> => {
      world.misbehave('swf=throttle');
      const answer = await start({ random: () => random }).send(marked(key));
      return answer.headers['x-amz-retry-after'];
    };
    expect([await hintAt(0), await hintAt(0.5), await hintAt(0.999_999)]).toEqual(['500', '6000', '10500']);
  });
});

it('every success and every class of error that this form has was met by now', () => {
  expect(namesMetBy(containers)).toEqual(namesOf('native'));
});
