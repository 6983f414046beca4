import { describe, expect, it } from 'vitest';

import { createWriteLease } from '../../../lambda/aws/rate-limits-table.ts';
import { DEFAULT_RATE, toKeyRate } from '../../../lambda/share/rate.ts';
import type { TokenKind } from '../../../simulate/model/task.ts';
import { attack, SCALE } from './attacked-app.ts';
import { tables } from './dynamodb-table.ts';

/** As long as the attack was first seen to take tasks. */
const SECONDS = 75;

const RATES = { key: DEFAULT_RATE.key / SCALE, domain: DEFAULT_RATE.domain / SCALE };
/** As if there were no limit: more than the attacker sends. */
const NO_LIMIT = { key: 1_000, domain: 1_000 };

/** Its bucket, a minute and a quarter of its rate, and a lease of 20 for each container. */
const ALL_TOKENS = toKeyRate(RATES.key).burst + SECONDS * RATES.key + 2 * 20;

const ATTACKS: readonly { readonly token: TokenKind; readonly mostCalls: number }[] = [
  { token: 'task', mostCalls: ALL_TOKENS },
  // They cost ten. Until a container has heard what SWF says, it has taken one.
  { token: 'junk', mostCalls: ALL_TOKENS / 5 },
  { token: 'foreign', mostCalls: ALL_TOKENS / 5 },
  { token: 'hanging', mostCalls: ALL_TOKENS / 5 },
  // Each container asks once.
  { token: 'closed', mostCalls: 2 },
];

// A table for each attack, so that none meets the leases of another.
const limits = tables({ ...Object.fromEntries(ATTACKS.map(({ token }) => [token, ['bucket']])), free: ['bucket'] });

describe('a key of billing that sends more than SWF’s quota takes nothing from tasks of orders', () => {
  it.each(ATTACKS)('$token', async ({ token, mostCalls }) => {
    const writeLease = createWriteLease(limits.client(), token);
    const { orders, sent, callsToSwf } = await attack({ token, seconds: SECONDS, rates: RATES, writeLease });
    expect(sent).toBeGreaterThan(2_000);
    expect(callsToSwf).toBeLessThanOrEqual(mostCalls);
    expect(orders).toMatchObject({ tasks: 10, lostTasks: 0, throttledLater: 0 });
    expect(orders.recorded).toBeGreaterThanOrEqual(70);
  });

  it('but for the rates, it would', async () => {
    const writeLease = createWriteLease(limits.client(), 'free');
    const { orders, callsToSwf } = await attack({ token: 'task', seconds: SECONDS, rates: NO_LIMIT, writeLease });
    expect(callsToSwf).toBeGreaterThan(2_000);
    expect(orders.throttledLater).toBeGreaterThan(0);
    expect(orders.lostTasks).toBeGreaterThan(0);
  });
});
