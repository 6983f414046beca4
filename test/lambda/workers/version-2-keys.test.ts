import { describe, expect, it } from 'vitest';

import type { KeyGrant } from '../../../lambda/workers/key-grant.ts';
import { aDomain, createFakeBackends, createTestApp, fromAddress, storeRow, TASK_ID, toCode } from '../test-app.ts';
import { RECORDED, signed } from './signed-events.ts';
import { aRecordV2, toAuthorization, toSecret } from './worker-key-records.ts';

const [ORDERS, BILLING] = [aDomain('orders').arn, aDomain('billing').arn];
const ELSEWHERE = ORDERS.replace('eu-west-1', 'us-east-1');

/** The app, and the requests of a worker with a version 2 key. */
function aWorker(over: Partial<KeyGrant> = {}) {
  const backends = createFakeBackends();
  const record = aRecordV2(over);
  backends.keys.splice(0, backends.keys.length, record);
  const app = createTestApp(backends);
  const headers = { authorization: toAuthorization(record) };
  return {
    backends,
    record,
    heartbeat: async (domain = 'orders') => app({ headers, rawPath: `/domains/${domain}/heartbeats` }),
    find: async () =>
      app({
        headers,
        rawPath: `/domains/orders/tasks/${TASK_ID}`,
        requestContext: { ...fromAddress('10.1.2.3').requestContext, http: { method: 'GET' } },
      }),
    signedAt: async (path: string) => app(signed({ secret: toSecret(record), path })),
  };
}

describe('a version 2 key', () => {
  it('records heartbeats and looks up tasks in the domain of its ARN', async () => {
    const { backends, heartbeat, find } = aWorker();
    expect((await heartbeat()).statusCode).toBe(200);
    expect(backends.forwarded.map(({ domain }) => domain)).toEqual(['orders']);
    storeRow(backends);
    expect((await find()).statusCode).toBe(200);
  });

  it.each([
    { given: 'another domain', over: { domains: [BILLING] } },
    { given: 'the domain of this name in another region', over: { domains: [ELSEWHERE] } },
    { given: 'other operations', over: { operations: ['cancel', 'complete', 'fail'] as const } },
  ])('neither records heartbeats nor looks up tasks with $given in its grant: 403', async ({ over }) => {
    const { backends, heartbeat, find, signedAt } = aWorker(over);
    storeRow(backends);
    for (const refused of [await heartbeat(), await find()]) {
      expect({ status: refused.statusCode, code: toCode(refused) }).toEqual({ status: 403, code: 'DomainNotGranted' });
    }
    const fault = await signedAt('/domains/orders');
    expect(fault.statusCode).toBe(400);
    expect(fault.body).toContain('AccessDeniedException');
    expect(backends.forwarded).toEqual([]);
  });

  it('of one domain may leave it out of the path', async () => {
    const { backends, signedAt } = aWorker();
    expect(await signedAt('/')).toMatchObject({ statusCode: 200, body: RECORDED });
    expect(backends.forwarded.map(({ domain }) => domain)).toEqual(['orders']);
  });

  it.each([
    { given: 'several domains', domains: [ORDERS, BILLING], fault: 'This worker key grants several domains.' },
    {
      given: 'one name in two regions',
      domains: [ORDERS, ELSEWHERE],
      fault: 'This worker key grants several domains.',
    },
    { given: 'a domain that is not declared', domains: [`${ORDERS}-2`], fault: 'may not do this in this domain.' },
    { given: 'this name in another region', domains: [ELSEWHERE], fault: 'may not do this in this domain.' },
  ])('of $given may not', async ({ domains, fault }) => {
    const { backends, signedAt } = aWorker({ domains });
    const refused = await signedAt('/');
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain(fault);
    expect(backends.forwarded).toEqual([]);
  });

  it('is refused from the moment on in which its grant ends', async () => {
    const { backends, heartbeat } = aWorker({ expiresAt: '2026-11-22T08:00:05.000Z' });
    backends.nowMs += 4_999;
    expect((await heartbeat()).statusCode).toBe(200);
    backends.nowMs += 1;
    expect((await heartbeat()).statusCode).toBe(401);
  });

  it('is refused once an event revokes it, whatever its record says', async () => {
    const { backends, record, heartbeat } = aWorker();
    expect((await heartbeat()).statusCode).toBe(200);
    backends.keyEvents.set(record.keyId, { isRevoked: true, endsAtMs: null });
    backends.nowMs += 50_000;
    expect((await heartbeat()).statusCode).toBe(401);
  });
});
