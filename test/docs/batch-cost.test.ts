import { afterEach, expect, it, vi } from 'vitest';

import { createFakeBackends, createTestApp } from '../lambda/test-app.ts';
import { aBatch, forwardBy, heartbeatsOf, toResults } from '../lambda/tasks/batches.ts';
import { readPage } from './recordings.ts';

afterEach(() => vi.useRealTimers());

const TASKS = 50;
const ROUNDS_IN_30_DAYS = (30 * 24 * 3_600) / 30;
const SWF_MS = 20;

/** Dollars a million, as the table of costs has them. */
const PER_MILLION_REQUESTS = { gateway: 1, lambda: 0.2, accessLog: 0.1 };
/** 512 MB at 0.0000133334 a GB and second. */
const PER_LAMBDA_SECOND = 0.000_013_333_4 / 2;

/** An app whose SWF takes its time on a clock that the test moves. */
function anApp() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const backends = createFakeBackends();
  const forward = forwardBy(backends, async () => {
    await new Promise((resolve) => setTimeout(resolve, SWF_MS));
    return false;
  });
  return { backends, call: createTestApp(backends, { forward }) };
}

/** How long a request takes on that clock, in steps of what SWF takes. */
async function timeOf<T>(request: Promise<T>): Promise<{ answer: T; ms: number }> {
  let answered = false;
  void request.finally(() => (answered = true));
  for (let ms = 0; ; ms += SWF_MS) {
    await new Promise((resolve) => setImmediate(resolve));
    if (answered) return { answer: await request, ms };
    await vi.advanceTimersByTimeAsync(SWF_MS);
  }
}

async function playAlone() {
  const { backends, call } = anApp();
  let ms = 0;
  for (const heartbeat of heartbeatsOf(TASKS)) {
    const { answer, ms: took } = await timeOf(call({ body: JSON.stringify(heartbeat) }));
    expect(answer.statusCode).toBe(200);
    ms += took;
  }
  return { requests: TASKS, ms, swfCalls: backends.forwarded.length, leases: backends.leases.writes };
}

async function playTogether() {
  const { backends, call } = anApp();
  const { answer, ms } = await timeOf(call(aBatch(...heartbeatsOf(TASKS))));
  expect(toResults(answer)).toHaveLength(TASKS);
  return { requests: 1, ms, swfCalls: backends.forwarded.length, leases: backends.leases.writes };
}

const millionsOf = (count: number): number => (count * ROUNDS_IN_30_DAYS) / 1e6;

function costsOf({ requests, ms }: { readonly requests: number; readonly ms: number }) {
  const { gateway, lambda, accessLog } = PER_MILLION_REQUESTS;
  const forRequests = millionsOf(requests) * (gateway + lambda + accessLog);
  const seconds = (ms / 1_000) * ROUNDS_IN_30_DAYS;
  return { requests: requests * ROUNDS_IN_30_DAYS, seconds, forRequests, forTime: seconds * PER_LAMBDA_SECOND };
}

/** The two figures of a row of the page's table. */
function rowOf(start: string): readonly [number, number] {
  const line =
    readPage('docs/cost.md')
      .split('\n')
      .find((each) => each.startsWith(`| ${start}`)) ?? '';
  const [, , alone = '', together = ''] = line.split('|').map((cell) => Number.parseFloat(cell.replaceAll(',', '')));
  return [Number(alone), Number(together)];
}

it('the page states what a host with 50 tasks costs, one by one and in batches', async () => {
  const [alone, together] = [await playAlone(), await playTogether()];
  // SWF gets each heartbeat, and the table of rate limits no more writes.
  expect(together.swfCalls).toBe(alone.swfCalls);
  expect(together.leases).toBeLessThanOrEqual(alone.leases);
  const costs = [costsOf(alone), costsOf(together)];
  expect(rowOf('requests |')).toEqual(costs.map(({ requests }) => requests));
  expect(rowOf('Lambda’s time, if SWF')).toEqual(costs.map(({ seconds }) => seconds));
  const stated = [rowOf('gateway, Lambda’s requests'), rowOf('Lambda’s time at'), rowOf('together, without')] as const;
  costs.forEach(({ forRequests, forTime }, index) => {
    const [requests, time, all] = stated.map((row) => row[index]);
    expect(requests).toBeCloseTo(forRequests, 2);
    expect(time).toBeCloseTo(forTime, 2);
    expect(all).toBeCloseTo(forRequests + forTime, 1);
  });
});
