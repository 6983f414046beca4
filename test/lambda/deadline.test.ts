import { afterEach, describe, expect, it, vi } from 'vitest';

import { armDeadline, CALL_CAP_MS, LAST_READ_MS, untilAborted } from '../../lambda/deadline.ts';
import { NOW } from './a-worker-key.ts';

afterEach(() => vi.restoreAllMocks());

/** How long the signals that are made would live; none of them fires. */
function watchTimeouts(): number[] {
  const delaysMs: number[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((delayMs) => {
    delaysMs.push(delayMs);
    return new AbortController().signal;
  });
  return delaysMs;
}

describe('a signal', () => {
  it.each([
    { given: 'its cap, with time left', arrivedMs: 0, capMs: 2_000, lastsMs: 2_000 },
    { given: 'the deadline, where that is sooner', arrivedMs: 3_000, capMs: 2_000, lastsMs: 1_200 },
    { given: '4.2 s at the very most', arrivedMs: 0, capMs: 60_000, lastsMs: 4_200 },
    { given: 'half a second for a late event', arrivedMs: 4_000, capMs: 2_000, lastsMs: 500 },
    { given: 'half a second for one that is past it', arrivedMs: 60_000, capMs: 2_000, lastsMs: 500 },
    { given: '4.2 s where the gateway’s clock is ahead', arrivedMs: -60_000, capMs: 60_000, lastsMs: 4_200 },
  ])('lasts $given', ({ arrivedMs, capMs, lastsMs }) => {
    const delaysMs = watchTimeouts();
    armDeadline(NOW, () => NOW + arrivedMs).signal(capMs);
    expect(delaysMs).toEqual([lastsMs]);
  });

  it('leaves what is reserved for the last read', () => {
    const delaysMs = watchTimeouts();
    let nowMs = NOW;
    const deadline = armDeadline(NOW, () => nowMs);
    nowMs += 3_000;
    deadline.signal(CALL_CAP_MS.swf, LAST_READ_MS);
    deadline.signal(CALL_CAP_MS.table);
    nowMs += 1_000;
    deadline.signal(CALL_CAP_MS.swf, LAST_READ_MS);
    deadline.signal(CALL_CAP_MS.table);
    nowMs += 60_000;
    deadline.signal(CALL_CAP_MS.table);
    expect(delaysMs).toEqual([800, 500, 0, 200, 0]);
  });

  it('aborts by itself', async () => {
    const signal = armDeadline(NOW, () => NOW).signal(1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});

it('caps what the relay calls', () => {
  expect({ ...CALL_CAP_MS, LAST_READ_MS }).toEqual({
    table: 500,
    kms: 1_000,
    sts: 1_000,
    swf: 2_000,
    LAST_READ_MS: 400,
  });
});

describe('work that takes no signal', () => {
  it('is waited for', async () => {
    expect(await untilAborted(AbortSignal.timeout(1_000), Promise.resolve('done'))).toBe('done');
    await expect(untilAborted(AbortSignal.timeout(1_000), Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
  });

  it('is left to itself when it is late', async () => {
    const work = Promise.withResolvers<string>();
    await expect(untilAborted(AbortSignal.timeout(1), work.promise)).rejects.toMatchObject({ name: 'TimeoutError' });
    work.reject(new Error('late, and nobody minds'));
  });
});
