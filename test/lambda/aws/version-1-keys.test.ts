import { readFileSync } from 'node:fs';

import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { signed } from '../workers/signed-events.ts';
import { createAppOnKeys, openKeyTables } from './app-on-keys.ts';

const VALUE = z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null);
const ITEM = z.object({ keyId: z.object({ S: z.string() }) }).catchall(VALUE);
const KEYS = z.array(z.object({ given: z.string(), secret: z.string(), item: ITEM }));

/**
 * Keys as the code before version 2 issued, revoked and stored them, under the MAC key of these tests. Nobody may generate this
 * file anew: such keys are in the hands of workers.
 */
const KEPT = KEYS.parse(JSON.parse(readFileSync(new URL('version-1-keys.json', import.meta.url), 'utf8')));

const GOOD = ['without an end', 'with an end', 'of two domains'];
const BAD = ['that expired', 'that an earlier version revoked', 'that was revoked', 'whose status somebody set back'];

const table = openKeyTables();

const put = async (name: string, item: Record<string, AttributeValue>) =>
  table.client().send(new PutItemCommand({ TableName: name, Item: item }));

/** A container of today's code on the table that holds the key. */
async function aWorker(given: string) {
  const { secret, item } = KEYS.element.parse(KEPT.find((key) => key.given === given));
  await put('keys', item);
  const { backends, app } = createAppOnKeys(table);
  const keyId = item.keyId.S;
  const statuses = async (): Promise<number[]> => {
    const bearer = await app({ headers: { authorization: `Bearer ${keyId}.${secret}` } });
    const signature = await app(signed({ keyId, secret, path: '/domains/orders' }));
    return [bearer.statusCode, signature.statusCode];
  };
  return { backends, item, statuses };
}

describe('a key that was issued before version 2', () => {
  it('is one of these', () => {
    expect(KEPT.map(({ given }) => given)).toEqual([...GOOD, ...BAD]);
  });

  it.each(GOOD)('%s lets its worker in, as bearer and by signature', async (given) => {
    expect(await (await aWorker(given)).statuses()).toEqual([200, 200]);
  });

  it.each(BAD)('%s stays refused', async (given) => {
    expect(await (await aWorker(given)).statuses()).toEqual([401, 400]);
  });

  it.each([
    {
      change: 'its status',
      given: 'without an end',
      table: 'keys',
      toItem: (item: z.infer<typeof ITEM>) => ({ ...item, status: { S: 'revoked' } }),
    },
    {
      change: 'the event `revoked`',
      given: 'without an end',
      table: 'events',
      toItem: ({ keyId }: z.infer<typeof ITEM>) => ({ keyId, event: { S: 'revoked' } }),
    },
    {
      change: 'the event `ends`',
      given: 'with an end',
      table: 'events',
      toItem: ({ keyId }: z.infer<typeof ITEM>) => ({
        keyId,
        event: { S: 'ends' },
        endsAt: { S: '2026-11-22T08:00:10.000Z' },
      }),
    },
  ])('is revoked or ended by $change within 50 s', async ({ given, table: name, toItem }) => {
    const { backends, item, statuses } = await aWorker(given);
    expect(await statuses()).toEqual([200, 200]);
    await put(name, toItem(item));
    backends.nowMs += 50_000;
    expect(await statuses()).toEqual([401, 400]);
  });

  it('stays revoked by its event when its record is restored', async () => {
    const { item, statuses } = await aWorker('of two domains');
    await put('events', { keyId: item.keyId, event: { S: 'revoked' } });
    await put('keys', item);
    expect(await statuses()).toEqual([401, 400]);
  });
});
