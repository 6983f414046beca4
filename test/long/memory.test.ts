import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';
import { z } from 'zod';

const CONTAINER = fileURLToPath(new URL('container.ts', import.meta.url));
const MB = 1024 * 1024;
const SIXTY_MINUTES_MS = 3_600_000;

const MEASURED = z.object({ heapUsedBytes: z.number(), rssBytes: z.number() });
const REPORT = z.object({ full: MEASURED, afterTasks: MEASURED, afterKeys: MEASURED });

/** Enough for every bounded map to be full: 10,000 tasks, 2,000 keys. */
const WARM_UP = 20_000;
const TASKS = 1_000_000;
const UNKNOWN_KEYS = 100_000;

/** A container whose heap is held to what the function's memory would leave it. */
async function runContainer(): Promise<z.infer<typeof REPORT>> {
  const child = fork(CONTAINER, [`--warmUp=${WARM_UP}`, `--tasks=${TASKS}`, `--keys=${UNKNOWN_KEYS}`], {
    execArgv: ['--expose-gc', '--max-old-space-size=256'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const reported = once(child, 'message');
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the container ended with ${String(code)} before it reported`);
  });
  const [message] = await Promise.race([reported, exited]);
  exited.catch(() => undefined);
  return REPORT.parse(message);
}

it(
  'a container holds no more after 1,000,000 tasks and 100,000 unknown keys than its caches take',
  { timeout: SIXTY_MINUTES_MS },
  async () => {
    const report = await runContainer();
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.afterKeys.heapUsedBytes).toBeLessThan(40 * MB);
    expect(report.afterKeys.heapUsedBytes - report.full.heapUsedBytes).toBeLessThan(4 * MB);
  },
);
