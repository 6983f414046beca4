import { afterEach, describe, expect, it, vi } from 'vitest';

import { armDeadline, CALL_TIMEOUT_MS, FINAL_READ_RESERVE_MS, abortable } from '../../../lambda/http/deadline.ts';
import { NOW } from '../workers/worker-key-records.ts';

afterEach(() => vi.useRealTimers());

/** Whether the signal is aborted a millisecond before its end, and at it. */
function lookAround(signal: AbortSignal, lastsMs: number): [boolean, boolean] {
  if (lastsMs > 0) vi.advanceTimersByTime(lastsMs - 1);
  const before = signal.aborted;
  vi.advanceTimersByTime(1);
  return [before, signal.aborted];
}

describe('a signal', () => {
  it.each([
    { given: 'its cap, with time left', arrivedMs: 0, timeoutMs: 2_000, lastsMs: 2_000 },
    { given: 'the deadline, where that is sooner', arrivedMs: 3_000, timeoutMs: 2_000, lastsMs: 1_200 },
    { given: '4.2 s at the very most', arrivedMs: 0, timeoutMs: 60_000, lastsMs: 4_200 },
    { given: 'half a second for a late event', arrivedMs: 4_000, timeoutMs: 2_000, lastsMs: 500 },
    { given: 'half a second for one that is past it', arrivedMs: 60_000, timeoutMs: 2_000, lastsMs: 500 },
    { given: '4.2 s where the gateway’s clock is ahead', arrivedMs: -60_000, timeoutMs: 60_000, lastsMs: 4_200 },
  ])('lasts $given', ({ arrivedMs, timeoutMs, lastsMs }) => {
    vi.useFakeTimers();
    const signal = armDeadline(NOW, () => NOW + arrivedMs).signal(timeoutMs);
    expect(lookAround(signal, lastsMs)).toEqual([false, true]);
  });

  it.each([
    { elapsedMs: 3_000, lastsMs: { swf: 800, table: 500 } },
    { elapsedMs: 4_000, lastsMs: { swf: 0, table: 200 } },
    { elapsedMs: 64_000, lastsMs: { swf: 0, table: 0 } },
  ])('leaves what is reserved for the last read, $elapsedMs ms after the start', ({ elapsedMs, lastsMs }) => {
    vi.useFakeTimers();
    let nowMs = NOW;
    const deadline = armDeadline(NOW, () => nowMs);
    nowMs += elapsedMs;
    expect(lookAround(deadline.signal(CALL_TIMEOUT_MS.swf, FINAL_READ_RESERVE_MS), lastsMs.swf)).toEqual([false, true]);
    expect(lookAround(deadline.signal(CALL_TIMEOUT_MS.table), lastsMs.table)).toEqual([false, true]);
  });

  it('never aborts once its deadline is let go of, and leaves no timer behind', () => {
    vi.useFakeTimers();
    const deadline = armDeadline(NOW, () => NOW);
    const signals = [deadline.signal(1), deadline.signal(2_000)];
    deadline.disarm();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });

  it('aborts by itself', async () => {
    const signal = armDeadline(NOW, () => NOW).signal(1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});

it('caps what the relay calls', () => {
  expect({ ...CALL_TIMEOUT_MS, FINAL_READ_RESERVE_MS }).toEqual({
    table: 500,
    lease: 250,
    kms: 1_000,
    sts: 1_000,
    swf: 2_000,
    FINAL_READ_RESERVE_MS: 400,
  });
});

describe('work that takes no signal', () => {
  it('is waited for', async () => {
    expect(await abortable(AbortSignal.timeout(1_000), Promise.resolve('done'))).toBe('done');
    await expect(abortable(AbortSignal.timeout(1_000), Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('is left to itself when it is late', async () => {
    const work = Promise.withResolvers<string>();
    await expect(abortable(AbortSignal.timeout(1), work.promise)).rejects.toMatchObject({ name: 'TimeoutError' });
    work.reject(new Error('late, and nobody minds'));
  });
});
