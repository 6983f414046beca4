import { setTimeout as sleep } from 'node:timers/promises';

import type { SWFClient } from '@aws-sdk/client-swf';
import { startTask } from '../../local/tasks.ts';
import type { Answer } from '../../simulate/model/answer.ts';
import { createRandom } from '../../simulate/model/random.ts';
import { GroupStatistics } from '../../simulate/model/statistics.ts';
import { Worker } from '../../simulate/model/worker.ts';
import type { WorkerGroup } from '../../simulate/scenario.ts';
import { toHeardAnswer } from '../simulate/heard-answer.ts';

/** Where the simulation's own workers send their heartbeats for real. */
export interface Play {
  readonly swf: SWFClient;
  readonly relayUrl: string;
  readonly domain: string;
  readonly authorization: string;
  readonly seconds: number;
}

/** Lets a group of workers work in real time. A lost task is followed by another one. */
export async function playWorkers(play: Play, group: WorkerGroup, seed: number): Promise<GroupStatistics> {
  const random = createRandom(seed);
  const statistics = new GroupStatistics();
  const startedAtMs = performance.now();
  const clock = (): number => performance.now() - startedAtMs;
  const intervalMs = group.intervalSeconds * 1000;
  const starts = Array.from({ length: group.tasks }, () => random() * intervalMs);
  await Promise.all(
    starts.map(async (startMs, index) => {
      const worker = new Worker(
        {
          name: `${group.name}/${index}`,
          timeoutMs: group.timeoutSeconds * 1000,
          intervalMs,
          heartbeat: { pace: undefined, buckets: [] },
          retry: group.retry,
          returnsAtMs: -Infinity,
          maxAttempts: Infinity,
          statistics,
          random,
        },
        startMs,
      );
      await playWorker(play, group, worker, startMs, clock);
    }),
  );
  return statistics;
}

async function playWorker(play: Play, group: WorkerGroup, worker: Worker, startMs: number, clock: () => number) {
  const endMs = play.seconds * 1000;
  let token: string | undefined;
  for (let nextMs = startMs; nextMs < endMs;) {
    await sleep(Math.max(0, nextMs - clock()));
    const { task } = worker;
    if (token === undefined) {
      token = (await startTask(play.swf, play.domain, group.timeoutSeconds)).taskToken;
      task.acceptedAtMs = clock();
    }
    const sentAtMs = clock();
    if (sentAtMs >= endMs) break;
    const answer = await send(play, group, token);
    if (answer.kind === 'recorded') task.acceptedAtMs = sentAtMs;
    nextMs = worker.hear(answer, sentAtMs);
    if (worker.task !== task) token = undefined;
  }
  worker.close(endMs);
}

async function send(play: Play, group: WorkerGroup, taskToken: string): Promise<Answer> {
  const { timeoutSeconds, intervalSeconds, isDeclared } = group;
  const pace = isDeclared ? { heartbeatTimeoutSeconds: timeoutSeconds, nextHeartbeatSeconds: intervalSeconds } : {};
  const response = await fetch(`${play.relayUrl}/domains/${play.domain}/heartbeats`, {
    method: 'POST',
    headers: { authorization: play.authorization },
    body: JSON.stringify({ taskToken, ...pace }),
  });
  return toHeardAnswer({
    status: response.status,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    body: await response.json(),
  });
}
