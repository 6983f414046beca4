import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { assertRecorded } from '../assert-recorded.ts';
import { runNode } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';

const SAID = z.array(z.object({ cancelRequested: z.boolean(), attempts: z.int(), nowMs: z.int() }));
const TEN_MINUTES_MS = 600_000;

let a: AStack;
beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  assertRecorded(await a.worker.heartbeat('orders', a.connection.task.taskToken));
});
afterAll(() => a.close());

/** Two heartbeats of a program that knows nothing of the relay but its environment. */
async function sendTwice(variables: Readonly<Record<string, string>>, options: readonly string[] = []) {
  const { worker, region, task } = a.connection;
  const { exitCode, stdout, stderr } = await runNode(
    [...options, 'test/e2e/sdk-worker.ts', task.taskToken, task.taskToken],
    {
      HOME: a.statePath,
      AWS_ACCESS_KEY_ID: worker.keyId,
      AWS_SECRET_ACCESS_KEY: worker.secret,
      AWS_REGION: region,
      ...variables,
    },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return SAID.parse(JSON.parse(stdout));
}

describe.concurrent('a program with an unmodified AWS SDK', () => {
  it.each(['AWS_ENDPOINT_URL_SWF', 'AWS_ENDPOINT_URL'])('is sent to the relay by %s alone', async (name) => {
    const said = await sendTwice({ [name]: `${a.connection.relayUrl}/domains/orders` });
    const recorded: unknown = expect.objectContaining({ cancelRequested: false, attempts: 1 });
    expect(said).toEqual([recorded, recorded]);
  });

  it.each([
    { given: 'ahead', movedMs: TEN_MINUTES_MS },
    { given: 'behind', movedMs: -TEN_MINUTES_MS },
  ])('whose clock is 10 minutes $given corrects itself by the relay’s answer, once', async ({ movedMs }) => {
    const startedAtMs = Date.now();
    const moved = { MOVED_CLOCK_MS: `${movedMs}`, AWS_ENDPOINT_URL_SWF: `${a.connection.relayUrl}/domains/orders` };
    const said = await sendTwice(moved, ['--import', './test/e2e/moved-clock.ts']);
    expect(said).toMatchObject([
      { cancelRequested: false, attempts: 2 },
      { cancelRequested: false, attempts: 1 },
    ]);
    for (const { nowMs } of said) expect(Math.abs(nowMs - movedMs - startedAtMs)).toBeLessThan(60_000);
  });
});
