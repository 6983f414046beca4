import type { Forward, WriteLease } from '../../../lambda/tasks/heartbeat-attempt.ts';
import { createRandom } from '../../../simulate/model/random.ts';
import { GroupStatistics } from '../../../simulate/model/statistics.ts';
import { AWS_QUOTA, Swf } from '../../../simulate/model/swf.ts';
import { Task, type TokenKind } from '../../../simulate/model/task.ts';
import { Worker } from '../../../simulate/model/worker.ts';
import { toHeardAnswer } from '../../simulate/heard-answer.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';
import { aDomain, aHeartbeatEvent, createFakeBackends, createTestApp, ordersKey } from '../test-app.ts';
import { aKeyId, aRecordV2, NOW, toAuthorization } from '../workers/worker-key-records.ts';

/** Everything is a tenth of what docs/capacity.md has: tasks, SWF's quota, rates, and what the attacker sends. */
export const SCALE = 10;

const ORDERS = { tasks: 100 / SCALE, timeoutMs: 30_000, intervalMs: 10_000 } as const;
const ATTACKER_PAUSE_MS = SCALE / 0.3;

export interface AttackOptions {
  readonly token: TokenKind;
  readonly seconds: number;
  /** Heartbeats a second that the attacker's key may send, and its domain. */
  readonly rates: { readonly key: number; readonly domain: number };
  readonly writeLease: WriteLease;
}

export interface Attacked {
  readonly orders: GroupStatistics;
  readonly sent: number;
  /** Of what the attacker sent. */
  readonly callsToSwf: number;
}

/** Whoever sends heartbeats on the virtual clock. */
interface Sender {
  nextMs: number;
  /** @returns when it sends the next one. */
  readonly send: (nowMs: number) => Promise<number>;
}

/** A key of `billing` sends what it likes to two containers of the app, which workers of `orders` need, too. */
export async function attack({ token, seconds, rates, writeLease }: AttackOptions): Promise<Attacked> {
  const random = createRandom(1);
  const stage = openStage(random, rates, writeLease);
  const orders = new GroupStatistics();
  const workers = Array.from({ length: ORDERS.tasks }, () => aWorker(orders, random));
  const attacker = { sent: 0, task: new Task('attacker', token, 86_400_000, 0) };
  const senders: Sender[] = workers.map(({ worker, startMs }) => ({
    nextMs: startMs,
    send: async (nowMs) => worker.hear(await stage.send('orders', worker.task, nowMs), nowMs),
  }));
  senders.push({
    nextMs: 0,
    send: async (nowMs) => {
      attacker.sent += 1;
      // Invented tokens differ, so that no memory of a token helps.
      if (token !== 'task' && token !== 'closed') {
        attacker.task = new Task(`attacker/${attacker.sent}`, token, 86_400_000, nowMs);
      }
      await stage.send('billing', attacker.task, nowMs);
      return nowMs + ATTACKER_PAUSE_MS * (0.5 + random());
    },
  });
  await run(senders, 1000 * seconds);
  for (const { worker } of workers) worker.close(1000 * seconds);
  return { orders, sent: attacker.sent, callsToSwf: stage.callsOf('billing') };
}

async function run(senders: readonly Sender[], endMs: number): Promise<void> {
  for (;;) {
    const first = senders.reduce((one, other) => (other.nextMs < one.nextMs ? other : one));
    if (first.nextMs >= endMs) return;
    first.nextMs = await first.send(first.nextMs);
  }
}

function aWorker(statistics: GroupStatistics, random: () => number) {
  const startMs = random() * ORDERS.intervalMs;
  const options = {
    ...ORDERS,
    name: `orders/${startMs}`,
    heartbeat: { pace: undefined, buckets: [] },
    retry: 'three-attempts',
    returnsAtMs: -Infinity,
    maxAttempts: Infinity,
    statistics,
    random,
  } as const;
  return { startMs, worker: new Worker(options, startMs) };
}

function openStage(random: () => number, rates: AttackOptions['rates'], writeLease: WriteLease) {
  const backends = createFakeBackends();
  const swf = new Swf([], { size: AWS_QUOTA.size / SCALE, refillPerSecond: AWS_QUOTA.refillPerSecond / SCALE });
  const tasks = new Map<string, Task>();
  const billing = { ...aDomain('billing'), rate: { perSecond: rates.domain } };
  const key = aRecordV2({ domains: [billing.arn], rate: rates.key }, aKeyId(7));
  backends.keys.push(key);
  const authorizations = { orders: toAuthorization(ordersKey), billing: toAuthorization(key) };
  const domains = new Map([aDomain('orders'), billing].map((domain) => [domain.name, domain]));
  const forward: Forward = async (domain, heartbeat) => {
    backends.forwarded.push({ domain: domain.name, heartbeat });
    const task = tasks.get(heartbeat.taskToken);
    if (task === undefined) throw new Error('nobody sent this token');
    return { kind: 'accepted', cancelRequested: askSwf(swf, task, backends.nowMs - NOW), ...at(backends.nowMs) };
  };
  const containers = [1, 2].map(() => createTestApp(backends, { domains, forward, writeLease, random }));
  const send = async (domain: keyof typeof authorizations, task: Task, nowMs: number) => {
    backends.nowMs = NOW + nowMs;
    tasks.set(task.id, task);
    const { requestContext } = aHeartbeatEvent();
    const answer = await containers[random() < 0.5 ? 0 : 1]?.({
      rawPath: `/domains/${domain}/heartbeats`,
      headers: { authorization: authorizations[domain] },
      body: JSON.stringify({ taskToken: task.id }),
      requestContext: { ...requestContext, timeEpoch: backends.nowMs },
    });
    const { statusCode = 0, headers = {}, body = '{}' } = answer ?? {};
    return toHeardAnswer({ status: statusCode, retryAfter: headers['retry-after'], body: JSON.parse(body) });
  };
  return { send, callsOf: (name: string) => backends.forwarded.filter(({ domain }) => domain === name).length };
}

const at = (nowMs: number) => ({ startedAtMs: nowMs, observedAtMs: nowMs });

/** @returns whether cancel is requested. @throws what the function makes of SWF's faults. */
function askSwf(swf: Swf, task: Task, nowMs: number): boolean {
  const answer = swf.heartbeat(task, nowMs);
  switch (answer.kind) {
    case 'accepted':
      return answer.cancelRequested;
    case 'closed':
      throw new errors.TaskNotOpenError('Unknown activity, scheduledEventId = 5');
    case 'throttled':
      throw new errors.SwfThrottledError();
    case 'refused':
      throw task.kind === 'foreign' ? new errors.TaskNotInDomainError() : new errors.InvalidTaskTokenError();
    case 'failed':
    case 'timedOut':
      throw new errors.SwfUnavailableError('swf did not answer in time', { isTimeout: true });
  }
}
