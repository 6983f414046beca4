import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { issueKey } from '../../operator/issue.ts';
import { cancelTask, completeTask, startTask } from '../../local/tasks.ts';
import { bearer, issueTo, type Sent } from './function-under-test.ts';
import { AWS_ADDRESSES, AWS_PACES, AWS_PROOFS, INVALID } from './answers-aws-rows.ts';
import { MARK, markedHeaders } from './marked-values.ts';
import { namesMetBy, namesOf } from './answers-met.ts';
import { BODIES } from './answers-rows.ts';
import { A_KEY, openStage, slowDomains } from './answers-stage.ts';
import { A_TIME, aFault, AN_EMPTY_SUCCESS, anAwsSuccess } from './answers-shape.ts';
import { forwardTo, openFakeAws, saysFault } from './matrix-fake-aws.ts';
import { type ToSign, toSignedSent } from './signed.ts';

const { shared, key, task, world, container, containers, start } = await openStage();
afterAll(async () => shared.close());
afterEach(() => world.misbehave());

const bodyOf = (taskToken: string): string =>
  JSON.stringify({ taskToken, details: `${MARK}details`, [`${MARK}member`]: MARK });

const UNSIGNED = { ...markedHeaders, 'x-amz-security-token': MARK, 'amz-sdk-invocation-id': MARK };

/** A signed heartbeat whose every part that is free to choose holds the mark. */
function marked(over: Partial<ToSign> = {}): Sent {
  const sent = toSignedSent({ key, body: bodyOf(`${MARK}token`), ...over });
  return { ...sent, headers: { ...UNSIGNED, ...sent.headers } };
}

describe('a success', () => {
  it.each(['/domains/orders', '/domains/orders/', '/'])('says no more than SWF does, at %s', async (path) => {
    const body = bodyOf(task.taskToken);
    expect(await container.send(marked({ path, body }))).toEqual(anAwsSuccess(false));
    const byBearer = {
      path,
      body,
      headers: {
        ...markedHeaders,
        'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
        ...bearer(key),
      },
    };
    expect(await container.send(byBearer)).toEqual(anAwsSuccess(false));
  });

  it('says that cancel is requested, and how old that is where it comes from the cache', async () => {
    const held = await startTask(shared.swf, 'orders');
    const body = bodyOf(held.taskToken);
    await container.send(marked({ body }));
    await cancelTask(shared.swf, { ...held, domain: 'orders' });
    expect(await container.send(marked({ body }))).toEqual(anAwsSuccess(true));
    world.misbehave('swf=down');
    const cached = anAwsSuccess(true, { 'x-relay-observed-at': A_TIME });
    expect(await container.send(marked({ body }))).toEqual(cached);
  });
});

describe.each(['RespondActivityTaskCompleted', 'RespondActivityTaskFailed', 'RespondActivityTaskCanceled'])(
  '%s',
  (operation) => {
    const headers = { 'x-amz-target': `SimpleWorkflowService.${operation}` };
    const end = (taskToken: string, over: object = {}): Sent => marked({ headers, body: bodyOf(taskToken), ...over });

    it('is answered with nothing, and so is its repeat; a different end in SWF’s words', async () => {
      const { taskToken } = await startTask(shared.swf, 'orders');
      for (const one of [container, start()]) expect(await one.send(end(taskToken))).toEqual(AN_EMPTY_SUCCESS);
      const body = JSON.stringify({ taskToken, details: `${MARK} other`, result: `${MARK} other` });
      expect(await container.send(marked({ headers, body }))).toEqual(
        aFault('UnknownResourceFault', /^Unknown activity/),
      );
    });

    it('is refused as the native ones are', async () => {
      expect(await container.send(end(MARK))).toEqual(aFault('ValidationException', 'Invalid token'));
      expect(await container.send(end('x'.repeat(1_025)))).toEqual(aFault('ValidationException', INVALID));
      const tooLarge = aFault('SerializationException', 'The body is larger than 512 KiB.');
      expect(await container.send(marked({ headers, body: MARK.padEnd(524_289) }))).toEqual(tooLarge);
      const denied = aFault('AccessDeniedException', /may not do this/);
      const other = await issueTo(shared, 'billing');
      expect(await container.send(end(MARK, { path: '/domains/billing', key: other }))).toEqual(denied);
      world.misbehave('dynamodb/TaskStates=down');
      expect(await container.send(end(MARK))).toEqual(aFault('ThrottlingException', /^Task states cannot be/));
    });
  },
);

describe('a heartbeat that is not due', () => {
  const headers = { 'x-relay-heartbeat-timeout': '300', 'x-relay-next-heartbeat': '10' };
  const old = { 'x-relay-observed-at': A_TIME, 'x-relay-accepted-at': A_TIME };

  it('says no more than SWF does, and in headers how old that is, signed and unsigned', async () => {
    const held = await startTask(shared.swf, 'orders');
    const body = bodyOf(held.taskToken);
    expect(await container.send(marked({ body, headers }))).toEqual(anAwsSuccess(false));
    expect(await container.send(marked({ body, headers }))).toEqual(anAwsSuccess(false, old));
    const unsigned = marked({ body });
    const sent = { ...unsigned, headers: { ...unsigned.headers, ...headers } };
    expect(await container.send(sent)).toEqual(anAwsSuccess(false, old));
    await cancelTask(shared.swf, { ...held, domain: 'orders' });
    expect(await container.send(marked({ body }))).toEqual(anAwsSuccess(true));
    expect(await container.send(marked({ body, headers }))).toEqual(anAwsSuccess(true, old));
  });
});

describe('a rate that is used up', () => {
  it('of a key', async () => {
    const slow = await issueKey(shared.target, { ...A_KEY, rate: 1 }, Date.now());
    for (let sent = 0; sent < 10; sent += 1) await container.heartbeat(slow, 'orders', task.taskToken);
    const throttled = aFault('ThrottlingException', 'Rate exceeded for this worker key');
    expect(await container.send(marked({ key: slow }))).toEqual(throttled);
  });

  it('of a domain', async () => {
    const slow = start({ domains: slowDomains(shared) });
    await slow.send(marked());
    expect(await slow.send(marked())).toEqual(aFault('ThrottlingException', 'Rate exceeded for this domain'));
  });
});

describe('a refusal before the key is looked at', () => {
  it.each(AWS_ADDRESSES)('%s', async (_given, over, name, words) => {
    const { query = '', ...signing } = over;
    expect(await container.send({ ...marked(signing), query })).toEqual(aFault(name, words));
  });

  it.each([`/${MARK}`, '/domains/orders//', `/domains/${MARK}*`, '/domains/orders/heartbeats', '/health'])(
    'names the right endpoint, for a client whose endpoint is %s',
    async (path) => {
      const named = aFault(
        'UnknownOperationException',
        /^This is not an endpoint for AWS clients\. Set the endpoint URL/,
      );
      expect(await container.send(marked({ path }))).toEqual(named);
      expect(await container.send({ path, headers: { 'x-amz-target': MARK }, body: '{}' })).toEqual(named);
    },
  );
});

describe('a refusal of a proof', () => {
  it.each(AWS_PROOFS)('%s', async (_given, mend, name, words) => {
    const sent = marked();
    expect(await container.send({ ...sent, headers: mend({ ...sent.headers }) })).toEqual(aFault(name, words));
  });

  it('a wrong secret, word for word as an unknown key', async () => {
    const keys = [
      { ...key, secret: MARK.padEnd(43, '-') },
      { keyId: `HBRK${MARK}AAAA`, secret: key.secret },
    ];
    const answers = await Promise.all(keys.map(async (bad) => container.send(marked({ key: bad }))));
    const refused = aFault('UnrecognizedClientException', 'The security token included in the request is invalid.');
    for (const answer of answers) expect(answer).toEqual(refused);
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });

  it('another region than the domain’s', async () => {
    const words = "Credential should be scoped to a valid region: 'eu-west-1'.";
    expect(await container.send(marked({ region: 'us-east-1' }))).toEqual(
      aFault('IncompleteSignatureException', words),
    );
  });
});

describe('a refusal of a heartbeat', () => {
  it.each(BODIES)('%s', async (_given, body) => {
    expect(await container.send(marked({ body }))).toEqual(aFault('ValidationException', INVALID));
  });

  it.each(AWS_PACES)('%s, signed and unsigned', async (_given, headers, name, words) => {
    expect(await container.send(marked({ headers }))).toEqual(aFault(name, words));
    const unsigned = marked();
    const sent = { ...unsigned, headers: { ...unsigned.headers, ...headers } };
    expect(await container.send(sent)).toEqual(aFault(name, words));
  });

  it('a text that is no task token', async () => {
    expect(await container.send(marked())).toEqual(aFault('ValidationException', 'Invalid token'));
  });

  it.each([`/domains/${MARK}`, '/domains/billing'])('a domain that the key does not grant: %s', async (path) => {
    expect(await container.send(marked({ path }))).toEqual(aFault('AccessDeniedException', /may not do this/));
  });

  it('no domain, where the key grants two', async () => {
    const both = await issueTo(shared, 'orders', 'billing');
    const refused = aFault('AccessDeniedException', /grants several domains. Name one/);
    expect(await container.send(marked({ path: '/', key: both }))).toEqual(refused);
  });

  it('a task of another domain, which is not named', async () => {
    const { taskToken } = await startTask(shared.swf, 'billing');
    const answer = await container.send(marked({ body: bodyOf(taskToken) }));
    expect(answer).toEqual(aFault('OperationNotPermittedFault', 'This task does not belong to this domain.'));
    expect(answer.text).not.toMatch(/billing|arn:/);
  });

  it('a closed task, word for word as SWF says it, from SWF and from the cache', async () => {
    const held = await startTask(shared.swf, 'orders');
    const body = bodyOf(held.taskToken);
    await container.send(marked({ body }));
    await completeTask(shared.swf, { ...held, domain: 'orders' }, held.taskToken);
    const closed = await container.send(marked({ body }));
    expect(closed).toEqual(aFault('UnknownResourceFault', /^Unknown (?:activity|execution)[:,] \w/));
    world.misbehave('swf=throttle');
    const { text } = await container.send(marked({ body }));
    expect(text).toBe(closed.text);
    const words = 'Unknown activity, scheduledEventId = 5, "quoted" ü';
    await using swf = await openFakeAws(saysFault('UnknownResourceFault', words));
    expect(await start(forwardTo(swf)).send(marked())).toEqual(aFault('UnknownResourceFault', words));
  });

  it('a field that SWF refuses, without the value', async () => {
    await using swf = await openFakeAws(saysFault('ValidationException', `Value '${MARK}' at 'details' is wrong`));
    expect(await start(forwardTo(swf)).send(marked())).toEqual(aFault('ValidationException', INVALID));
  });
});

describe('a failure, always to be tried again', () => {
  it.each([
    ['swf=throttle', 'Rate exceeded'],
    ['swf=error', /^SWF failed/],
    ['swf=garbage', /^SWF failed/],
  ])('%s', async (rule, words) => {
    const { taskToken } = await startTask(shared.swf, 'orders');
    world.misbehave(rule);
    expect(await container.send(marked({ body: bodyOf(taskToken) }))).toEqual(aFault('ThrottlingException', words));
  });

  it.each(['dynamodb/WorkerKeys=down', 'kms=error'])('%s', async (rule) => {
    world.misbehave(rule);
    expect(await start().send(marked())).toEqual(aFault('ThrottlingException', /keys cannot be checked/));
  });

  it('something that SWF does not know', async () => {
    await using swf = await openFakeAws(saysFault('UnknownResourceFault', `Unknown domain: ${MARK}`));
    expect(await start(forwardTo(swf)).send(marked())).toEqual(
      aFault('ThrottlingException', /does not know a resource/),
    );
  });

  it('our own set-up', async () => {
    await using swf = await openFakeAws(saysFault('ExpiredTokenException', MARK));
    expect(await start(forwardTo(swf)).send(marked())).toEqual(aFault('ThrottlingException', /operator must act/));
  });

  it.each([new Error(`a bug at ${MARK}`), new TypeError(MARK), new DOMException(MARK, 'AbortError')])(
    'our own bug: %s',
    async (bug) => {
      const broken = start({ forward: async () => Promise.reject(bug) });
      expect(await broken.send(marked())).toEqual(aFault('ThrottlingException', /^The relay failed/));
    },
  );
});

it('every success and every class of error that this form has was met by now', () => {
  expect(namesMetBy(containers)).toEqual(namesOf('aws'));
});
