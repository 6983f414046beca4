import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { loopNow } from '../loop-time.ts';

const DELAY_MS = 60;

/** Keeps this process from running for so long, as a busy machine does. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('a timer fires once its turns are over, and not when a busy machine lets it wait', async () => {
  const startedAtMs = loopNow();
  const fired = new Promise<number>((resolve) => void setTimeout(() => resolve(loopNow()), DELAY_MS));
  block(2 * DELAY_MS);
  expect(await fired).toBeGreaterThanOrEqual(startedAtMs + DELAY_MS);
});

it('a signal is aborted as late', async () => {
  const startedAtMs = loopNow();
  const signal = AbortSignal.timeout(DELAY_MS);
  const aborted = new Promise<number>((resolve) => signal.addEventListener('abort', () => resolve(loopNow())));
  block(2 * DELAY_MS);
  expect(await aborted).toBeGreaterThanOrEqual(startedAtMs + DELAY_MS);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

it('a timer that is cleared never fires, not even after it had to look again', async () => {
  let isFired = false;
  const timer = setTimeout(() => {
    isFired = true;
  }, DELAY_MS);
  const dueMs = loopNow() + DELAY_MS;
  block(2 * DELAY_MS);
  // By Node's time it is due now, and by the turns it is not.
  await wait(1);
  clearTimeout(timer);
  while (loopNow() <= dueMs + DELAY_MS) await wait(1);
  expect(isFired).toBe(false);
});
