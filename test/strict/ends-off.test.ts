import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATIONS } from '../../lambda/environment/environment.ts';
import { type GrantDomain, grantDomain } from '../../lambda/workers/grant.ts';
import { type HeldTask, startTask } from '../../local/tasks.ts';
import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { issueVersion1 } from '../e2e/version-1-key.ts';
import {
  bearer,
  type Container,
  openFunctionUnderTest,
  openSharedStack,
  type SharedStack,
} from './function-under-test.ts';

/** In the stage `dev`, workers may end tasks of `orders` in every way, and none of `billing`. */
let shared: SharedStack;
let key: IssuedKey;
let own: HeldTask;
let foreign: HeldTask;

const REQUEST = { label: 'test', domains: ['orders'], expiresAtMs: null };

beforeAll(async () => {
  shared = await openSharedStack();
  key = await issueKey(shared.target, { ...REQUEST, operations: OPERATIONS }, Date.now());
  own = await startTask(shared.swf, 'orders');
  foreign = await startTask(shared.swf, 'billing');
});
afterAll(() => shared.close());

const ENDS = [
  { path: 'completions', operation: 'RespondActivityTaskCompleted' },
  { path: 'failures', operation: 'RespondActivityTaskFailed' },
  { path: 'cancellations', operation: 'RespondActivityTaskCanceled' },
];

/** IAM's own words about what it refused. */
const sentencesSince = (before: number): readonly string[] =>
  shared.denials.slice(before).map(({ sentence }) => sentence);

/** A grant check that is left out: it makes a granted domain of whatever is asked for. */
const grantAnything: GrantDomain = ({ keyId }, requested, declared) =>
  grantDomain({ keyId, domains: [requested] }, requested, declared, 'heartbeat');

describe.each(ENDS)('$operation', ({ path, operation }) => {
  const end = async (container: Container, by: IssuedKey, domain: string, { taskToken }: HeldTask) =>
    container.send({ path: `/domains/${domain}/${path}`, headers: bearer(by), body: JSON.stringify({ taskToken }) });

  const endSigned = async (container: Container, by: IssuedKey, { taskToken }: HeldTask) =>
    container.send({
      path: '/domains/orders',
      headers: { ...bearer(by), 'x-amz-target': `SimpleWorkflowService.${operation}` },
      body: JSON.stringify({ taskToken }),
    });

  it.each([
    { given: 'a key for heartbeats alone', issue: issueKey },
    { given: 'a version 1 key', issue: issueVersion1 },
  ])('is refused with $given, in both formats, and nothing but its key is looked at', async ({ issue }) => {
    const weak = await issue(shared.target, REQUEST, Date.now());
    const relay = openFunctionUnderTest(shared);
    const container = relay.startContainer();
    expect(await end(container, weak, 'orders', own)).toMatchObject({
      status: 403,
      body: { code: 'DomainNotGranted' },
    });
    expect(await endSigned(container, weak, own)).toMatchObject({
      status: 400,
      body: { __type: 'com.amazon.coral.service#AccessDeniedException' },
    });
    expect(relay.calls.filter(({ api }) => api === 'swf' || api === 'sts')).toEqual([]);
  });

  it('is refused by IAM for a task of another domain', async () => {
    const before = shared.denials.length;
    const container = openFunctionUnderTest(shared).startContainer();
    const answer = await end(container, key, 'orders', foreign);
    expect(answer).toMatchObject({ status: 403, body: { code: 'TaskNotInDomain' } });
    expect(answer.text).not.toMatch(/arn:|billing/);
    expect(sentencesSince(before)).toEqual([
      expect.stringContaining(`is not authorized to perform: swf:${operation} on resource: arn:`),
    ]);
  });

  it('is refused by IAM alone in a domain without the setting, even where the grant check is left out', async () => {
    const before = shared.denials.length;
    const container = openFunctionUnderTest(shared).startContainer({ grantDomain: grantAnything });
    expect(await end(container, key, 'billing', foreign)).toMatchObject({
      status: 503,
      body: { code: 'RelayMisconfigured' },
    });
    expect(sentencesSince(before)).toEqual([
      expect.stringContaining(`swf:${operation} on resource: arn:aws:swf:eu-west-1:`),
    ]);
    expect(await container.heartbeat(key, 'billing', foreign.taskToken)).toMatchObject({ status: 200 });
  });
});
