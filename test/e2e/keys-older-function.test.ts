import { afterAll, beforeAll, expect, it } from 'vitest';

import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { AFolder } from './a-folder.ts';
import { AnOperator } from './an-operator.ts';
import { type OlderFunction, startOlderFunction } from './an-older-function.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { until } from './until.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
let older: OlderFunction;
const folder = new AFolder();
beforeAll(async () => {
  a = await startStack();
  older = await startOlderFunction(a, folder, 'before-key-events');
});
afterAll(async () => {
  await older.close();
  await a.close();
  folder[Symbol.dispose]();
});

const REQUEST = { label: 'older', domains: ['orders'], expiresAtMs: null };

const heartbeat = async (key: IssuedKey): Promise<number> =>
  until('an answer but 503', async () => {
    const { status } = await new Worker(older.relayUrl, key).heartbeat('orders', a.connection.task.taskToken);
    return status === 503 ? undefined : status;
  });

it.each(['issuer', 'revoker'] as const)(
  'the function before key events lets a version 1 key in, and refuses it once the %s revoked it',
  async (role) => {
    using operator = new AnOperator(a, role);
    const key = await issueVersion1(a.target, REQUEST, Date.now());
    expect(await heartbeat(key)).toBe(200);
    expect(await operator.keys('revoke', key.keyId)).toMatchObject({ exitCode: 0, stderr: '' });
    await older.forget();
    expect(await heartbeat(key)).toBe(401);
  },
);

it('the function before key events refuses a version 2 key, which it cannot read', async () => {
  expect(await heartbeat(await issueKey(a.target, REQUEST, Date.now()))).toBe(401);
});
