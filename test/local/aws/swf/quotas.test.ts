import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_QUOTAS, Quotas } from '../../../../local/aws/swf/quotas.ts';
import { CALLER, ClockedSwf, START } from './moved-clock.ts';

const consumer = (operation: string, runId?: string) => ({
  ...CALLER,
  operation,
  ...(runId === undefined ? {} : { runId }),
});

/** How many of `tries` requests at that time are not throttled. */
function granted(
  quotas: Quotas,
  tries: number,
  now: number,
  runId?: string,
  operation = 'RecordActivityTaskHeartbeat',
): number {
  let count = 0;
  for (let index = 0; index < tries; index++) {
    try {
      quotas.take(consumer(operation, runId), now);
      count++;
    } catch {
      // Throttled, so not counted.
    }
  }
  return count;
}

describe('quotas (SWF Developer Guide)', () => {
  it('heartbeats: 2,000 at once, then 160 a second', () => {
    const quotas = new Quotas();
    expect(granted(quotas, 3000, START)).toBe(2000);
    expect(granted(quotas, 300, START + 1000)).toBe(160);
    expect(granted(quotas, 300, START + 1500)).toBe(80);
  });

  it('an idle hour fills the bucket, but not beyond its size', () => {
    const quotas = new Quotas();
    granted(quotas, 100, START);
    expect(granted(quotas, 3000, START + 3_600_000)).toBe(2000);
  });

  it('heartbeats of one workflow: 1,000 at once, without affecting other workflows', () => {
    const quotas = new Quotas();
    expect(granted(quotas, 1500, START, 'one')).toBe(1000);
    expect(granted(quotas, 500, START, 'two')).toBe(500);
  });

  it('a throttled request takes no token from the other bucket', () => {
    const quotas = new Quotas();
    granted(quotas, 1500, START, 'one');
    expect(granted(quotas, 2000, START)).toBe(1000);
  });

  it('counts each account, region and operation separately', () => {
    const quotas = new Quotas();
    granted(quotas, 3000, START);
    expect(() => quotas.take({ ...consumer('RecordActivityTaskHeartbeat'), region: 'us-east-1' }, START)).not.toThrow();
    expect(() => quotas.take({ ...consumer('RecordActivityTaskHeartbeat'), accountId: '2' }, START)).not.toThrow();
    expect(() => quotas.take(consumer('PollForActivityTask'), START)).not.toThrow();
  });

  it('never grants more than the bucket and its refill', () => {
    const times = fc.array(fc.nat(3000), { maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom(...ACCOUNT_QUOTAS.keys()), times, (operation, waits) => {
        const quotas = new Quotas();
        const { size = 0, refillPerSecond = 0 } = ACCOUNT_QUOTAS.get(operation) ?? {};
        let now = START;
        let count = granted(quotas, size + 1, now, undefined, operation);
        for (const wait of waits) {
          now += wait;
          count += granted(quotas, 50, now, undefined, operation);
        }
        expect(count).toBeLessThanOrEqual(size + ((now - START) / 1000) * refillPerSecond + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});

describe('quotas of a LocalSwf', () => {
  let swf: ClockedSwf;
  const describeDomain = () => swf.call('DescribeDomain', { name: 'orders' });
  const many = async () => (await Promise.allSettled(Array.from({ length: 201 }, describeDomain))).at(-1);

  beforeEach(() => {
    swf = new ClockedSwf({ quotas: true });
  });

  it('are enforced if enabled, by the clock', async () => {
    await swf.prepare();
    expect(await many()).toMatchObject({
      status: 'rejected',
      reason: { type: 'com.amazon.coral.availability#ThrottlingException', message: 'Rate exceeded' },
    });
    swf.after(1);
    await expect(describeDomain()).resolves.toMatchObject({ domainInfo: { name: 'orders' } });
  });

  it('are disabled by default', async () => {
    swf = new ClockedSwf();
    await swf.prepare();
    expect(await many()).toMatchObject({ status: 'fulfilled' });
  });
});
