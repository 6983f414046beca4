import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';

import { type Item, toItem } from '../../../lambda/aws/worker-key-item.ts';
import { putNewWorkerKey } from '../../../operator/new-worker-key.ts';
import { toCanonicalJson, type KeyGrant } from '../../../lambda/workers/key-grant.ts';
import type { RecordV2 } from '../../../lambda/workers/key-record.ts';
import type { HttpEvent } from '../../../lambda/http/event.ts';
import { createFakeBackends, createTestApp, fromAddress, toCode } from '../test-app.ts';
import { RECORDED, signed } from '../workers/signed-events.ts';
import { aKeyId, aRecordV2, ORDERS_ARN, toAuthorization, toSecret } from '../workers/worker-key-records.ts';
import { createAppOnKeys, openKeyTables } from './app-on-keys.ts';

const table = openKeyTables();

let keys = 0;

/** The app on a table of keys, and a worker with the secret that its key was issued with. */
async function aWorker(over: Partial<KeyGrant> = {}) {
  keys += 1;
  const record = aRecordV2(over, aKeyId(keys));
  await putNewWorkerKey(table.client(), 'keys', record);
  const { backends, app } = createAppOnKeys(table);
  const signing = { keyId: record.keyId, secret: toSecret(record) };
  return {
    record,
    backends,
    asBearer: async (from: Partial<HttpEvent> = fromAddress('10.1.2.3')) =>
      app({ headers: { authorization: toAuthorization(record) }, ...from }),
    asSigner: async () => {
      const event = signed({ ...signing, path: '/domains/orders' });
      const { http, ...context } = event.requestContext;
      return app({ ...event, requestContext: { ...context, http: { ...http, sourceIp: '10.1.2.3' } } });
    },
  };
}

/** What somebody does who can write the table. */
async function overwrite(record: RecordV2, over: Item): Promise<void> {
  await table.client().send(new PutItemCommand({ TableName: 'keys', Item: { ...toItem(record), ...over } }));
}

const ISSUED = {
  domains: [ORDERS_ARN],
  operations: ['heartbeat'],
  networks: ['10.0.0.0/8'],
  rate: 40,
  expiresAt: '2026-12-01T00:00:00.000Z',
} as const;

const inArn = (from: string, to: string): string => ORDERS_ARN.replace(from, to);

/** At least one row for each thing that a grant says, narrower grants among them. */
const CHANGES: readonly { readonly changed: string; readonly to: Partial<KeyGrant> }[] = [
  { changed: 'one domain more', to: { domains: [ORDERS_ARN, inArn('orders', 'billing')] } },
  { changed: 'another domain', to: { domains: [inArn('orders', 'billing')] } },
  { changed: 'the same domain in another region', to: { domains: [inArn('eu-west-1', 'eu-west-2')] } },
  { changed: 'the same domain in one region more', to: { domains: [ORDERS_ARN, inArn('eu-west-1', 'eu-west-2')] } },
  { changed: 'the same domain in another account', to: { domains: [inArn('111122223333', '444455556666')] } },
  {
    changed: 'the same domain in one account more',
    to: { domains: [ORDERS_ARN, inArn('111122223333', '444455556666')] },
  },
  { changed: 'the same domain in another partition', to: { domains: [inArn('arn:aws', 'arn:aws-cn')] } },
  { changed: 'one operation more', to: { operations: ['complete', 'heartbeat'] } },
  { changed: 'another operation', to: { operations: ['cancel'] } },
  { changed: 'no networks, so any address', to: { networks: [] } },
  { changed: 'a wider network', to: { networks: ['0.0.0.0/0'] } },
  { changed: 'one network more', to: { networks: ['10.0.0.0/8', '192.168.0.0/16'] } },
  { changed: 'a narrower network', to: { networks: ['10.1.0.0/16'] } },
  { changed: 'a higher rate', to: { rate: 41 } },
  { changed: 'a lower rate', to: { rate: 1 } },
  { changed: 'a later end', to: { expiresAt: '2026-12-01T00:00:00.001Z' } },
  { changed: 'no end', to: { expiresAt: null } },
  { changed: 'an earlier end', to: { expiresAt: '2026-11-30T00:00:00.000Z' } },
];

describe('a version 2 key', () => {
  it('lets its worker in, as bearer and by signature', async () => {
    const worker = await aWorker(ISSUED);
    expect(await worker.asBearer()).toMatchObject({ statusCode: 200 });
    expect(await worker.asSigner()).toMatchObject({ statusCode: 200, body: RECORDED });
  });

  it.each(CHANGES)('no longer verifies with $changed in its record', async ({ to }) => {
    const worker = await aWorker(ISSUED);
    expect((await worker.asBearer()).statusCode).toBe(200);
    expect((await worker.asSigner()).statusCode).toBe(200);
    await overwrite(worker.record, { grant: { S: toCanonicalJson({ ...ISSUED, ...to }) } });
    worker.backends.nowMs += 50_000;
    const bearer = await worker.asBearer();
    expect({ status: bearer.statusCode, code: toCode(bearer) }).toEqual({ status: 401, code: 'Unauthenticated' });
    const signature = await worker.asSigner();
    expect(signature.statusCode).toBe(400);
    expect(signature.body).toContain('UnrecognizedClientException');
    expect(worker.backends.forwarded).toHaveLength(2);
  });

  const OTHER = toItem(aRecordV2({ ...ISSUED, rate: 7 }));
  it.each<{ changed: string; over: Item }>([
    { changed: 'the grant and seal of another key', over: pick(OTHER, 'grant', 'seal') },
    { changed: 'version 1', over: { derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: 'arn' } } } } },
    { changed: 'a status, as version 1 has one,', over: { status: { S: 'active' } } },
  ])('no longer verifies with $changed in its record', async ({ over }) => {
    const worker = await aWorker(ISSUED);
    await overwrite(worker.record, over);
    expect((await worker.asBearer()).statusCode).toBe(401);
    expect((await worker.asSigner()).statusCode).toBe(400);
  });

  it('is not let in as a version 1 key that names the same domain', async () => {
    const worker = await aWorker(ISSUED);
    const { keyId } = worker.record;
    await table.client().send(
      new PutItemCommand({
        TableName: 'keys',
        Item: {
          keyId: { S: keyId },
          label: { S: '' },
          domains: { L: [{ S: 'orders' }] },
          status: { S: 'active' },
          createdAt: { S: '2026-11-01T00:00:00.000Z' },
          expiresAt: { NULL: true },
          derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: 'arn' } } },
        },
      }),
    );
    expect((await worker.asBearer()).statusCode).toBe(401);
  });

  it('verifies whatever its seal says: the secret proves more', async () => {
    const worker = await aWorker(ISSUED);
    await overwrite(worker.record, { seal: { S: 'A'.repeat(43) } });
    expect((await worker.asBearer()).statusCode).toBe(200);
  });
});

describe('a version 2 key is refused like any bad one', () => {
  it.each([
    { given: 'from another network', over: ISSUED, from: fromAddress('192.0.2.1') },
    { given: 'from an address that nobody can parse', over: ISSUED, from: fromAddress('unknown') },
    { given: 'from no address', over: ISSUED, from: {} },
    {
      given: 'after its end',
      over: { ...ISSUED, expiresAt: '2026-11-22T08:00:00.000Z' },
      from: fromAddress('10.1.2.3'),
    },
  ])('$given', async ({ over, from }) => {
    const worker = await aWorker(over);
    const unknown = await createTestApp(createFakeBackends())({
      headers: { authorization: toAuthorization(aRecordV2({}, aKeyId(0x7_ffff))) },
      ...from,
    });
    expect(await worker.asBearer(from)).toEqual(unknown);
    expect(unknown.statusCode).toBe(401);
    expect(worker.backends.forwarded).toEqual([]);
  });
});

function pick(item: Item, ...names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}
