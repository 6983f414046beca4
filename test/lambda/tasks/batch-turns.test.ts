import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createFakeBackends, createTestApp, toCodes } from '../test-app.ts';
import { aBatch, forwardBy, heartbeatsOf, toResults } from './batches.ts';

/** Counts calls that are on their way at the same time. */
class Traffic {
  readonly #inFlight = new Map<string, number>();
  most = 0;
  mostOfOneToken = 0;

  /** A call that takes so many turns of the event loop's microtasks. */
  async pass(taskToken: string, turns: number): Promise<boolean> {
    const ofToken = (this.#inFlight.get(taskToken) ?? 0) + 1;
    this.#inFlight.set(taskToken, ofToken);
    const all = [...this.#inFlight.values()].reduce((sum, count) => sum + count, 0);
    this.most = Math.max(this.most, all);
    this.mostOfOneToken = Math.max(this.mostOfOneToken, ofToken);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    this.#inFlight.set(taskToken, ofToken - 1);
    return false;
  }
}

describe('the entries of a batch', () => {
  it('call SWF ten at a time', async () => {
    const [backends, traffic] = [createFakeBackends(), new Traffic()];
    const forward = forwardBy(backends, async (taskToken) => traffic.pass(taskToken, 50));
    await createTestApp(backends, { forward })(aBatch(...heartbeatsOf(100)));
    expect(traffic.most).toBe(10);
  });

  it('wait for nobody but the ten: a token that hangs does not hold up the others', async () => {
    const backends = createFakeBackends();
    const { promise: hanging, resolve } = Promise.withResolvers<boolean>();
    const { promise: othersDone, resolve: othersAreDone } = Promise.withResolvers<void>();
    const forward = forwardBy(backends, (taskToken) => {
      if (backends.forwarded.length === 50) othersAreDone();
      return taskToken === 'token 0' ? hanging : false;
    });
    const answering = createTestApp(backends, { forward })(aBatch(...heartbeatsOf(50)));
    await othersDone;
    resolve(true);
    expect(toResults(await answering)[0]).toMatchObject({ cancelRequested: true });
  });

  it('of one token come one after the other, and the second sees what the first did', async () => {
    const backends = createFakeBackends();
    const paced = { taskToken: 'x', heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 };
    const results = toResults(await createTestApp(backends)(aBatch(paced, paced)));
    expect(results).toMatchObject([{ forwarded: true }, { forwarded: false, code: 'Paced' }]);
    expect(results[1]?.['acceptedAt']).toBe(results[0]?.['acceptedAt']);
    expect(backends.reports.flatMap(({ outcome }) => toCodes(outcome))).toEqual(['Recorded', 'Paced']);
  });

  it('of one token are never under way together and keep their order, whatever the others do', async () => {
    const entry = fc.record({ token: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(30) });
    const property = fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 100 }), async (entries) => {
      const [backends, traffic] = [createFakeBackends(), new Traffic()];
      const sent = entries.map(({ token }, index) => ({ taskToken: token, details: String(index) }));
      const forward = forwardBy(backends, async (taskToken) => {
        const details = backends.forwarded.at(-1)?.heartbeat.details;
        return traffic.pass(taskToken, entries[Number(details)]?.turns ?? 0);
      });
      const results = toResults(await createTestApp(backends, { forward })(aBatch(...sent)));
      expect(results).toHaveLength(sent.length);
      expect(traffic.mostOfOneToken).toBe(1);
      const detailsOf = (token: string, of: readonly { taskToken: string; details?: string }[]) =>
        of.filter(({ taskToken }) => taskToken === token).map(({ details }) => details);
      const forwarded = backends.forwarded.map(({ heartbeat }) => heartbeat);
      for (const token of 'abcd') expect(detailsOf(token, forwarded)).toEqual(detailsOf(token, sent));
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
