import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';

import { startTask } from '../../local/tasks.ts';
import {
  type Answer,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  RELAY_HOST,
} from '../strict/function-under-test.ts';
import { findFaultOf, randomAwsRequests } from '../strict/random-aws-requests.ts';
import { chooseSeed, randomRequests, toSent } from '../strict/random-requests.ts';

const REQUESTS = 100_000;

/** It takes 2 to 3 minutes on two cores. */
const TIMEOUT_MS = 30 * 60_000;

it(`answers ${REQUESTS} random requests, none with a 500 and none late`, { timeout: TIMEOUT_MS }, async () => {
  const seed = chooseSeed();
  const shared = await openSharedStack();
  const [key, otherKey] = await Promise.all([issueTo(shared, 'orders'), issueTo(shared, 'billing')]);
  const [task, otherTask] = await Promise.all([startTask(shared.swf, 'orders'), startTask(shared.swf, 'billing')]);
  // What it would report is kept by no one: so many outcomes would fill the memory.
  const container = openFunctionUnderTest(shared).startContainer({ report: () => undefined });
  const tally = new Tally();
  const known = { key, otherKey, task, otherTask, endTask: await startTask(shared.swf, 'orders') };
  const requests = fc.oneof(randomRequests(known), randomAwsRequests(known, RELAY_HOST));
  const property = fc.asyncProperty(requests, async (request) => {
    const answer = await container.send(toSent(request));
    tally.count(answer);
    expect(findFaultOf(request, answer)).toBeUndefined();
  });
  try {
    await fc.assert(property, { seed, numRuns: REQUESTS });
    // So many heartbeats may have used up what SWF allows in a second.
    const heartbeat = async () => container.heartbeat(key, 'orders', task.taskToken);
    await vi.waitFor(async () => expect((await heartbeat()).body).toMatchObject({ forwarded: true }), {
      timeout: 10_000,
    });
  } finally {
    process.stdout.write(tally.toText());
    await shared.close();
  }
});

/** What came back, for the figures. */
class Tally {
  readonly #counts = new Map<string, number>();
  readonly #startedAtMs = performance.now();
  #slowestMs = 0;

  count({ status, body: { code = 'good', __type: type = code }, elapsedMs }: Answer): void {
    const said = `${status} ${String(type).replace(/.*#/, '')}`;
    this.#counts.set(said, (this.#counts.get(said) ?? 0) + 1);
    this.#slowestMs = Math.max(this.#slowestMs, elapsedMs);
  }

  toText(): string {
    const seconds = Math.round((performance.now() - this.#startedAtMs) / 1000);
    const lines = Array.from(this.#counts, ([said, count]) => `  ${said}: ${count}`).sort();
    return [`in ${seconds} s, the slowest in ${Math.round(this.#slowestMs)} ms`, ...lines, ''].join('\n');
  }
}
