import { describe, expect, it } from 'vitest';

import { createFakeBackends, createTestApp } from '../test-app.ts';
import { RECORDED, signed, toFault } from './signed-events.ts';
import { toSignedAt } from './signed-request.ts';
import { NOW } from './worker-key-records.ts';

const MINUTE_MS = 60_000;
const EXPIRED = { __type: 'com.amazon.coral.service#InvalidSignatureException' };

/** A container, and a signature whose date is some time ahead of the relay's clock, or behind it. */
function aSignature(aheadMs: number) {
  const backends = createFakeBackends();
  const call = createTestApp(backends);
  const event = signed({ signedAt: toSignedAt(NOW + aheadMs) });
  return {
    send: async (afterMs: number) => {
      backends.nowMs = NOW + afterMs;
      return call({ ...event, requestContext: { ...event.requestContext, timeEpoch: backends.nowMs } });
    },
  };
}

describe('a signature lives 5 minutes, whatever its date', () => {
  it.each([
    { given: '5 minutes ahead', aheadMs: 5 * MINUTE_MS, livesMs: 5 * MINUTE_MS },
    { given: '1 second ahead', aheadMs: 1_000, livesMs: 5 * MINUTE_MS },
    { given: 'now', aheadMs: 0, livesMs: 5 * MINUTE_MS },
    { given: '4 minutes behind', aheadMs: -4 * MINUTE_MS, livesMs: MINUTE_MS },
  ])('dated $given', async ({ aheadMs, livesMs }) => {
    const { send } = aSignature(aheadMs);
    expect((await send(0)).body).toBe(RECORDED);
    expect((await send(livesMs)).body).toBe(RECORDED);
    const late = await send(livesMs + 1);
    expect(toFault(late)).toMatchObject({
      ...EXPIRED,
      message: expect.stringMatching(/^Signature expired: /) as unknown,
    });
  });

  it('counts from its first use, and a refused use is none', async () => {
    const { send } = aSignature(4 * MINUTE_MS);
    expect(toFault(await send(-2 * MINUTE_MS))).toMatchObject(EXPIRED);
    expect((await send(2 * MINUTE_MS)).body).toBe(RECORDED);
    expect((await send(7 * MINUTE_MS)).body).toBe(RECORDED);
    expect(toFault(await send(7 * MINUTE_MS + 1))).toMatchObject(EXPIRED);
  });

  it('says the relay’s time, by which an SDK corrects its clock', async () => {
    const { send } = aSignature(4 * MINUTE_MS);
    await send(0);
    const { body } = await send(6 * MINUTE_MS);
    expect(body).toContain(new Date(NOW + 6 * MINUTE_MS).toISOString());
  });
});
