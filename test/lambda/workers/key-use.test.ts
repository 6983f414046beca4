import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KeyUseTracker, withKeyUse } from '../../../lambda/workers/key-use.ts';
import { Trace } from '../../../lambda/http/trace.ts';
import { aKeyId, NOW } from './worker-key-records.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const KEY = aKeyId();

describe('a key is noted', () => {
  it('once a day, which ends at midnight UTC', () => {
    const days = new KeyUseTracker();
    expect(days.claimWrite(KEY, NOW)).toBe('2026-11-22');
    expect(days.claimWrite(KEY, NOW)).toBeUndefined();
    expect(days.claimWrite(KEY, Date.parse('2026-11-22T23:59:59.999Z'))).toBeUndefined();
    expect(days.claimWrite(KEY, Date.parse('2026-11-23T00:00:00Z'))).toBe('2026-11-23');
  });

  it('each for itself', () => {
    const days = new KeyUseTracker();
    expect([days.claimWrite(KEY, NOW), days.claimWrite(aKeyId(1), NOW)]).toEqual(['2026-11-22', '2026-11-22']);
  });

  it('not for a day before, should the clock go back', () => {
    const days = new KeyUseTracker();
    days.claimWrite(KEY, NOW);
    expect(days.claimWrite(KEY, NOW - DAY_MS)).toBeUndefined();
  });

  it('again where it failed, but no key for a minute, so that an outage is not met by every heartbeat', () => {
    const days = new KeyUseTracker();
    days.claimWrite(KEY, NOW);
    days.releaseWrite(KEY, NOW);
    expect(days.claimWrite(KEY, NOW + MINUTE_MS - 1)).toBeUndefined();
    expect(days.claimWrite(aKeyId(1), NOW + MINUTE_MS - 1)).toBeUndefined();
    expect(days.claimWrite(KEY, NOW + MINUTE_MS)).toBe('2026-11-22');
    expect(days.claimWrite(aKeyId(1), NOW + MINUTE_MS)).toBe('2026-11-22');
  });

  it('at most once a key and day, and at most one failure a minute, whatever comes', () => {
    const uses = fc.array(
      fc.record({ key: fc.nat(3), afterMs: fc.integer({ min: 0, max: DAY_MS / 3 }), isUp: fc.boolean() }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(uses, (all) => {
        const days = new KeyUseTracker();
        const stored: string[] = [];
        const failedAtMs: number[] = [];
        let nowMs = NOW;
        for (const { key, afterMs, isUp } of all) {
          nowMs += afterMs;
          const day = days.claimWrite(aKeyId(key), nowMs);
          if (day === undefined) continue;
          if (isUp) stored.push(`${key} ${day}`);
          else {
            failedAtMs.push(nowMs);
            days.releaseWrite(aKeyId(key), nowMs);
          }
        }
        expect(new Set(stored).size).toBe(stored.length);
        expect(failedAtMs.every((atMs, index) => index === 0 || atMs - (failedAtMs[index - 1] ?? 0) >= MINUTE_MS)).toBe(
          true,
        );
      }),
    );
  });

  it('in bounded memory: the key that was used longest ago is forgotten, and costs one write more', () => {
    const days = new KeyUseTracker();
    for (let number = 0; number <= 10_000; number += 1) days.claimWrite(aKeyId(number), NOW);
    expect(days.claimWrite(aKeyId(1), NOW)).toBeUndefined();
    expect(days.claimWrite(aKeyId(0), NOW)).toBe('2026-11-22');
  });
});

describe('a request', () => {
  const aRequest = () => {
    const deadline = { signal: () => new AbortController().signal };
    return { keyId: KEY, deadline, trace: new Trace(() => NOW) };
  };

  it('does its work beside the note, and waits for both', async () => {
    const order: string[] = [];
    const note = Promise.withResolvers<void>();
    const request = aRequest();
    const recordKeyUse = async () => {
      order.push('note begins');
      await note.promise;
      order.push('note ends');
    };
    const work = async () => {
      order.push('work');
      note.resolve();
      return 'answer';
    };
    expect(await withKeyUse(recordKeyUse, request, work)).toBe('answer');
    expect(order).toEqual(['work', 'note begins', 'note ends']);
    expect(request.trace.sideEvents.size).toBe(0);
  });

  it('does its work alone where no note is due', async () => {
    const request = aRequest();
    const noteNothing = () => undefined;
    expect(await withKeyUse(noteNothing, request, async () => 'answer')).toBe('answer');
    expect(request.trace.sideEvents.size).toBe(0);
  });

  it('gives its own answer where the note fails, and tells of it', async () => {
    const request = aRequest();
    const recordKeyUse = async () => Promise.reject(new Error('the table is down'));
    expect(await withKeyUse(recordKeyUse, request, async () => 'answer')).toBe('answer');
    expect([...request.trace.sideEvents]).toEqual(['KeyUseWriteFailed']);
  });

  it('waits for the note also where the work fails, and fails with that', async () => {
    const note = Promise.withResolvers<void>();
    let isNoted = false;
    const recordKeyUse = async () => {
      await note.promise;
      isNoted = true;
    };
    const work = async () => {
      setImmediate(() => note.resolve());
      return Promise.reject(new Error('swf is down'));
    };
    await expect(withKeyUse(recordKeyUse, aRequest(), work)).rejects.toThrow('swf is down');
    expect(isNoted).toBe(true);
  });
});
