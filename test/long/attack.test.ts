import { describe, expect, it } from 'vitest';

import { completeTask, startTask } from '../../local/tasks.ts';
import { AWS_QUOTA } from '../../simulate/model/swf.ts';
import type { TokenKind } from '../../simulate/model/task.ts';
import type { WorkerGroup } from '../../simulate/scenario.ts';
import { STORM } from '../../simulate/scenarios/defaults.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { taskIdOf } from '../e2e/beats.ts';
import { flood } from './flood.ts';
import { playWorkers } from './play-workers.ts';

/** At full size, as in docs/capacity.md: two cores carry it. They send at the documented interval, T/3, and declare nothing. */
const ORDERS: WorkerGroup = {
  ...STORM,
  name: 'orders',
  tasks: 100,
  timeoutSeconds: 30,
  intervalSeconds: 10,
  isDeclared: false,
  domains: 1,
};

const PER_SECOND = 300;

/** So many tokens that make SWF hang. None of them is worth remembering when the next one comes. */
const HANGING = Array.from({ length: 200 }, (_, number) => `hanging-${number}`);

type TokenOf = (number: number) => string;

/** What an attacker sends. It has a task of its own, or has had one. */
const TOKENS: Readonly<Record<TokenKind, (a: AStack) => Promise<TokenOf>>> = {
  task: async ({ swf }) => {
    const { taskToken } = await startTask(swf, 'billing');
    return () => taskToken;
  },
  junk: async () => (number) => `junk-${number}`,
  foreign: async ({ swf }) => {
    const { taskToken } = await startTask(swf, 'orders');
    return () => taskToken;
  },
  closed: async ({ swf }) => {
    const { taskToken, ...task } = await startTask(swf, 'billing');
    await completeTask(swf, { ...task, domain: 'billing' }, taskToken);
    return () => taskToken;
  },
  hanging: async ({ stack }) => {
    stack.faults.set(HANGING.map((token) => `swf.RecordActivityTaskHeartbeat/${taskIdOf(token)}=hang`));
    return (number) => HANGING[number % HANGING.length] ?? '';
  },
};

/** Long enough to use up SWF's burst of 2,000 and to let a task time out; the first one as long as it was first seen. */
const ATTACKS: readonly { readonly token: TokenKind; readonly seconds: number; readonly containers: number }[] = [
  { token: 'task', seconds: 75, containers: 4 },
  { token: 'junk', seconds: 50, containers: 4 },
  { token: 'foreign', seconds: 50, containers: 4 },
  { token: 'closed', seconds: 50, containers: 4 },
  // Each occupies a container for 2 s. Lambda would start more.
  { token: 'hanging', seconds: 50, containers: 16 },
];

async function attack({ token, seconds, containers }: (typeof ATTACKS)[number]) {
  const a = await startStack({ maxContainers: containers, containerEnvironment: {} });
  try {
    await a.stack.functionHost.warm(containers);
    const { relayUrl } = a.stack;
    const toAuthorization = ({ keyId, secret }: { readonly keyId: string; readonly secret: string }): string =>
      `Bearer ${keyId}.${secret}`;
    const tokenOf = await TOKENS[token](a);
    const attacker = toAuthorization((await a.issue('billing')).key);
    const worker = toAuthorization(a.worker.key);
    const [orders, statuses] = await Promise.all([
      playWorkers({ swf: a.swf, relayUrl, domain: 'orders', authorization: worker, seconds }, ORDERS, 1),
      flood({ relayUrl, domain: 'billing', authorization: attacker, perSecond: PER_SECOND, seconds, tokenOf }),
    ]);
    const sent = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(`${token}: ${sent} sent, ${JSON.stringify([...statuses])}, ${JSON.stringify(orders)}\n`);
    return { orders, statuses, sentPerSecond: sent / seconds };
  } finally {
    await a.close();
  }
}

describe('one key of billing at 300 a second takes nothing from 100 tasks of orders', () => {
  it.each(ATTACKS)('$token, $seconds s', async (each) => {
    const { orders, sentPerSecond } = await attack(each);
    // Otherwise this machine cannot send what would use up SWF's quota, and the rest says nothing.
    expect(sentPerSecond).toBeGreaterThan(AWS_QUOTA.refillPerSecond);
    expect(orders).toMatchObject({ tasks: ORDERS.tasks, lostTasks: 0, throttledLater: 0 });
    expect(orders.recorded).toBeGreaterThan(ORDERS.tasks * Math.floor(each.seconds / 10 - 1));
  });
});
