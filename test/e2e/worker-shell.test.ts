import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { AFolder } from './a-folder.ts';
import { AProcess } from './a-process.ts';
import { KEY } from '../kit/scene.ts';
import { until } from './until.ts';

/** The shell reads it first. The work has ended when the shell goes on after it has told the work to end. */
const SLOW_KILL = `kill() {
  builtin kill "$@"; local code=$?
  case $* in "-TERM -"*) while builtin kill -0 "$work"; do sleep 0.05; done ;; esac
  return "$code"
} 2>/dev/null
`;

it.each([
  { given: 'work that ends with a code of its own', trap: `trap 'exit 7' TERM`, code: 7 },
  { given: 'work that the signal ends', trap: ':', code: 143 },
])('worker.sh, told to end, passes the code on of $given at once, and prints nothing more', async ({ trap, code }) => {
  using folder = new AFolder();
  const [slowKill, ready] = [join(folder.path, 'slow-kill'), join(folder.path, 'ready')];
  writeFileSync(slowKill, SLOW_KILL);
  const work = `exec 2>/dev/null; ${trap}; echo >'${ready}'; while :; do sleep 0.05; done`;
  const worker = new AProcess('bash', ['worker/shell/worker.sh', 'run', '--', 'bash', '-c', work], {
    BASH_ENV: slowKill,
    HEARTBEAT_RELAY_URL: 'http://127.0.0.1:1',
    HEARTBEAT_DOMAIN: 'orders',
    HEARTBEAT_KEY: KEY,
    HEARTBEAT_TIMEOUT_SECONDS: '600',
    TASK_TOKEN: 'none',
  });
  await until('the work', () => existsSync(ready) || undefined);
  process.kill(worker.pid, 'SIGTERM');
  const { exitCode, stderr } = await worker.ended;
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(/^(?:heartbeat: [^\n]*\n)*$/);
});
