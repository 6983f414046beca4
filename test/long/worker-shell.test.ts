import { existsSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { AProcess } from '../e2e/a-process.ts';
import { until } from '../e2e/until.ts';
import { ENDED_BY_SIGTERM } from '../e2e/told-early.ts';
import { cancelRequested, recorded } from '../kit/relay/replies.ts';
import { ScriptedRelay } from '../kit/relay/scripted-relay.ts';
import { KEY } from '../kit/scene.ts';
import { MORE_SHELLS, WORKERS, type WorkerUnderTest } from '../kit/worker-under-test.ts';
import { countExitCodes } from './many-workers.ts';

const SHELLS = [...WORKERS, ...MORE_SHELLS].filter(({ kind }) => kind === 'shell');

interface Given {
  readonly worker: WorkerUnderTest;
  readonly relayUrl: string;
  readonly taskToken: string;
  readonly timeoutSeconds: number;
  readonly work: readonly string[];
}

function start({ worker, relayUrl, taskToken, timeoutSeconds, work }: Given): AProcess {
  const [program = '', ...first] = worker.command;
  return new AProcess(program, [...first, 'run', '--', ...work], {
    HEARTBEAT_RELAY_URL: relayUrl,
    HEARTBEAT_DOMAIN: 'orders',
    HEARTBEAT_KEY: KEY,
    TASK_TOKEN: taskToken,
    HEARTBEAT_TIMEOUT_SECONDS: String(timeoutSeconds),
  });
}

/** The second heartbeat of each task, after T/6, hears of a cancellation. With 40 at once, a shorter T might be over. */
async function openCancelingRelay(): Promise<ScriptedRelay> {
  const seen = new Set<unknown>();
  return ScriptedRelay.open(({ body: { taskToken } }) => {
    const isSecond = seen.has(taskToken);
    seen.add(taskToken);
    return isSecond ? cancelRequested() : recorded();
  });
}

describe.each(SHELLS)('$name', (worker) => {
  // With a trap where heartbeats are sent, 13 of 3,000 lost the signal that ends them, or their outcome.
  it('1,000 times, ends with 90 once its canceled work has ended', async () => {
    await using relay = await openCancelingRelay();
    const given = { worker, relayUrl: relay.url, timeoutSeconds: 12, work: ['sleep', '600'] };
    const counts = await countExitCodes(1_000, async (number) => start({ ...given, taskToken: `token-${number}` }));
    expect(counts).toEqual({ 90: 1_000 });
  });

  // With a pipeline that the signal could meet while it was started, some never ended.
  it('500 times, told to end as soon as its work runs, ends it', async () => {
    using folder = new AFolder();
    const given = { worker, relayUrl: 'http://127.0.0.1:1', timeoutSeconds: 600, taskToken: 'none' };
    const counts = await countExitCodes(500, async (number) => {
      const ready = `${folder.path}/${number}`;
      const started = start({ ...given, work: ['sh', '-c', `echo >'${ready}'; exec sleep 600`] });
      await until('the work', () => existsSync(ready) || undefined);
      process.kill(started.pid, 'SIGTERM');
      return started;
    });
    expect(counts).toEqual({ [ENDED_BY_SIGTERM]: 500 });
  });
});
