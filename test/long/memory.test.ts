import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';
import { z } from 'zod';

const CONTAINER = fileURLToPath(new URL('container.ts', import.meta.url));
const MB = 1024 * 1024;
const AN_HOUR_MS = 3_600_000;

const MEASURED = z.object({
  tasks: z.number(),
  unknownKeys: z.number(),
  heapUsedBytes: z.number(),
  rssBytes: z.number(),
});

/** The first fills every bounded map: 10,000 tasks, 2,000 keys. */
const TASKS = [20_000, 250_000, 500_000, 1_000_000];
const UNKNOWN_KEYS = 100_000;

/** Measured: 21.7 MB after all of it. */
const HEAP_BOUND_BYTES = 32 * MB;
/** What may come on top once the maps are full. Measured: 1 MB; a map that forgets nothing would take a hundred. */
const GROWTH_BOUND_BYTES = 4 * MB;
/** Of the 512 MB that the function has. Measured: 281 MB, most of it free to be used again. */
const RSS_BOUND_BYTES = 400 * MB;

/** A container with the heap that the function's memory leaves it, as it tells of itself. */
async function runContainer(): Promise<z.infer<typeof MEASURED>[]> {
  const child = fork(CONTAINER, [`--tasks=${TASKS.join(',')}`, `--unknownKeys=${UNKNOWN_KEYS}`], {
    execArgv: ['--expose-gc', '--max-old-space-size=460'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const measured: z.infer<typeof MEASURED>[] = [];
  child.on('message', (message) => {
    measured.push(MEASURED.parse(message));
    process.stdout.write(`${JSON.stringify(message)}\n`);
  });
  await once(child, 'exit');
  return measured;
}

it(
  'a container holds no more after 1,000,000 tasks and 100,000 unknown keys than its bounded maps take',
  { timeout: AN_HOUR_MS },
  async () => {
    const measured = await runContainer();
    expect(measured.at(-1)).toMatchObject({ tasks: TASKS.at(-1), unknownKeys: UNKNOWN_KEYS });
    const heaps = measured.map(({ heapUsedBytes }) => heapUsedBytes);
    const [full = Infinity] = heaps;
    expect(Math.max(...heaps)).toBeLessThan(HEAP_BOUND_BYTES);
    expect(Math.max(...heaps) - full).toBeLessThan(GROWTH_BOUND_BYTES);
    expect(Math.max(...measured.map(({ rssBytes }) => rssBytes))).toBeLessThan(RSS_BOUND_BYTES);
  },
);
