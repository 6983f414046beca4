import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { type Ended, runProgram } from '../clients/program.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { KEY, TASK_TOKEN } from '../kit/scene.ts';
import { findProgram, layOutPath, SHELL_TOOLS } from '../kit/shell-tools.ts';

/** Also the name of a function in `worker.sh`, and of a program of macOS, which has no `setsid`. */
const PROGRAM = 'say';

/** The work is the program, on a system without `setsid` whose curl reaches nobody. */
async function runWorker(shell: string): Promise<Ended> {
  using folder = new AFolder();
  const path = join(folder.path, 'bin');
  await layOutPath(path, SHELL_TOOLS);
  writeFileSync(join(path, 'curl'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  writeFileSync(join(path, PROGRAM), '#!/bin/sh\necho "the program says $*"\n', { mode: 0o755 });
  const variables = {
    HEARTBEAT_RELAY_URL: 'http://127.0.0.1:1',
    HEARTBEAT_DOMAIN: 'orders',
    HEARTBEAT_KEY: KEY,
    HEARTBEAT_TIMEOUT_SECONDS: '600',
    TASK_TOKEN,
  };
  const args = ['worker/shell/worker.sh', 'run', '--', PROGRAM, 'hello'];
  // Awaited, because the folder is gone afterwards.
  return await runProgram(shell, args, { PATH: path, ...variables });
}

it('without setsid, the shell worker runs in bash, and starts the program rather than its own function', async () => {
  const ended = await runWorker((await findProgram('bash')) ?? 'bash');
  expect(ended).toMatchObject({ exitCode: 0, stdout: 'the program says hello\n' });
});

it('without setsid, the shell worker starts no work in dash, where it could not end it', async () => {
  const ended = await runWorker((await findProgram('dash')) ?? 'dash');
  const stderr = 'heartbeat: there is no setsid, and this shell cannot do without it: use bash\n';
  expect(ended).toEqual({ exitCode: 2, stdout: '', stderr });
});
