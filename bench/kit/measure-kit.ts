import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { type AnsweringRelay, openAnsweringRelay } from './answering-relay.ts';
import { toUse } from './use.ts';

const TASKS = 500;
/** As many processes would need more memory than many machines have. So a few run, and their use is multiplied. */
const PROCESSES = 20;
const TIMEOUT_SECONDS = 30;
const MEASURED_SECONDS = 60;
const MS = 1_000;
const MIB = 1_048_576;
/** Made up. */
const KEY = `HBRK${'A'.repeat(16)}.${'s'.repeat(43)}`;

/** What it costs to keep `TASKS` tasks alive. */
export interface KitRow {
  readonly how: string;
  readonly processes: number;
  readonly cpuMsPerSecond: number;
  readonly memoryMib: number;
  readonly requestsPerSecond: number;
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export async function measureKit(): Promise<readonly KitRow[]> {
  // As it is published: a program would otherwise pay for stripping types.
  execFileSync('npm', ['run', '-s', 'build'], { cwd: at('worker') });
  return [
    await measure('one process, with the library', 1, (relay) => [
      start(['--input-type=module', '--eval', toProgram(relay.url)], {}),
    ]),
    await measure('a process for each task, with the command', TASKS / PROCESSES, (relay) =>
      Array.from({ length: PROCESSES }, (_, index) =>
        start([at('worker/dist/cli.js'), 'run', '--', 'sleep', '3600'], {
          HEARTBEAT_RELAY_URL: relay.url,
          HEARTBEAT_DOMAIN: 'orders',
          HEARTBEAT_KEY: KEY,
          TASK_TOKEN: `own-${index}`,
          HEARTBEAT_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
        }),
      ),
    ),
  ];
}

const start = (args: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['pipe', 'ignore', 'ignore'],
  });

/** Works on all tasks at once, and does nothing but wait. */
const toProgram = (relayUrl: string): string => `
  import { startHeartbeat } from ${JSON.stringify(pathToFileURL(at('worker/dist/index.js')).href)};
  const options = ${JSON.stringify({ relayUrl, domain: 'orders', key: KEY, heartbeatTimeoutSeconds: TIMEOUT_SECONDS })};
  for (let index = 0; index < ${TASKS}; index += 1) startHeartbeat({ ...options, taskToken: 'shared-' + index });
  process.stdin.resume();
`;

/** @param factor by which what was measured is multiplied. */
async function measure(
  how: string,
  factor: number,
  startAll: (relay: AnsweringRelay) => readonly ChildProcess[],
): Promise<KitRow> {
  await using relay = await openAnsweringRelay();
  const children = startAll(relay);
  try {
    while (relay.tokens.size * factor < TASKS) await sleep(100);
    // What follows the start is not typical.
    await sleep(TIMEOUT_SECONDS * MS);
    const pids = children.flatMap(({ pid }) => pid ?? []);
    const before = { ...toUse(pids), requests: relay.requests() };
    await sleep(MEASURED_SECONDS * MS);
    const after = { ...toUse(pids), requests: relay.requests() };
    return {
      how,
      processes: factor * children.length,
      cpuMsPerSecond: (factor * (after.cpuMs - before.cpuMs)) / MEASURED_SECONDS,
      memoryMib: (factor * after.memoryBytes) / MIB,
      requestsPerSecond: (factor * (after.requests - before.requests)) / MEASURED_SECONDS,
    };
  } finally {
    for (const child of children) child.kill('SIGTERM');
  }
}
