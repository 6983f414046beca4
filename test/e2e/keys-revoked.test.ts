import { afterAll, beforeAll, expect, it } from 'vitest';

import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { KeysCommand } from './keys-command.ts';
import { UNHURRIED } from '../unhurried.ts';
import { until } from './until.ts';

const CONTAINERS = 2;

let a: AStack;
beforeAll(async () => {
  a = await startStack({ maxContainers: CONTAINERS, containerEnvironment: UNHURRIED });
});
afterAll(() => a.close());

it('a revocation holds in every container from the time on that is said, though each had just read the key', async () => {
  const keys = new KeysCommand(a.statePath);
  const worker = new Worker(a.stack.relayUrl, await keys.issue('--domain', 'orders', '--label', 'leaver'));
  const statuses = async (): Promise<Set<number>> => {
    const heartbeats = Array.from({ length: 8 }, async () => worker.heartbeat('orders', a.connection.task.taskToken));
    return new Set((await Promise.all(heartbeats)).map(({ status }) => status));
  };
  const keyReads = (): number =>
    a.calls.filter(({ api, operation }) => api === 'dynamodb' && operation === 'BatchGetItem').length;
  await a.stack.functionHost.warm(CONTAINERS);
  const readsBefore = keyReads();
  await until('both containers know the key', async () => {
    expect(await statuses()).toEqual(new Set([200]));
    return keyReads() - readsBefore >= CONTAINERS || undefined;
  });
  const { stdout } = await keys.run('revoke', worker.key.keyId);
  expect(await statuses()).toEqual(new Set([200]));
  const from = Date.parse(/ from (?<at>\S+Z) on\n$/.exec(stdout)?.groups?.['at'] ?? '');
  expect(from - Date.now()).toBeLessThanOrEqual(60_000);
  await new Promise((resolve) => void setTimeout(resolve, from - Date.now()));
  expect(await statuses()).toEqual(new Set([401]));
});
