import * as fc from 'fast-check';
import { expect } from 'vitest';

import { UnauthenticatedError } from '../../../lambda/workers/errors.ts';
import { verifyAmong } from './verify-among.ts';
import { createTestApp, createFakeBackends, toEvent } from '../test-app.ts';
import { MUTATIONS } from './random-mutations.ts';
import { DOMAINS, KEYS, randomHeartbeats, type Sent, signHeartbeat } from './random-signatures.ts';

/** A relay of several regions, and workers that heartbeat at random. */
export function openSignedWorld() {
  const backends = { ...createFakeBackends(), keys: [...KEYS] };
  const call = createTestApp(backends, {
    domains: new Map(DOMAINS.map((domain) => [domain.name, domain])),
    report: () => undefined,
  });

  /** What came of it: whether it was answered with a 200, and whose domains SWF heard of. */
  const send = async ({ request, nowMs }: Sent) => {
    backends.nowMs = nowMs;
    const event = toEvent(request);
    const { statusCode } = await call({ ...event, requestContext: { ...event.requestContext, timeEpoch: nowMs } });
    return { isTaken: statusCode === 200, domains: backends.forwarded.splice(0).map(({ domain }) => domain) };
  };

  /** Resolves to how many were taken; throws where one is not. */
  const sendGenuine = async (seed: number, requests: number): Promise<number> => {
    let taken = 0;
    const property = fc.asyncProperty(randomHeartbeats, async (heartbeat) => {
      const sent = await signHeartbeat(heartbeat);
      expect(await send(sent)).toEqual({ isTaken: true, domains: [DOMAINS[heartbeat.worker]?.name] });
      taken += 1;
    });
    await fc.assert(property, { seed, numRuns: requests });
    return taken;
  };

  /** Resolves to how often each thing was changed; throws where one was taken. */
  const sendMutated = async (seed: number, requests: number): Promise<Map<string, number>> => {
    const counts = new Map<string, number>();
    const dice = fc.tuple(fc.nat(), fc.nat());
    const property = fc.asyncProperty(
      randomHeartbeats,
      fc.constantFrom(...MUTATIONS),
      dice,
      async (heartbeat, mutation, thrown) => {
        const sent = mutation.mutate(await signHeartbeat(heartbeat), thrown);
        counts.set(mutation.what, (counts.get(mutation.what) ?? 0) + 1);
        expect(() => verifyAmong(KEYS, sent.request, sent.nowMs)).toThrow(UnauthenticatedError);
        expect(await send(sent)).toEqual({ isTaken: false, domains: [] });
      },
    );
    await fc.assert(property, { seed, numRuns: requests });
    return counts;
  };

  return { sendGenuine, sendMutated };
}
