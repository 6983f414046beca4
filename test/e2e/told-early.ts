import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { AFolder } from './a-folder.ts';
import { KEY } from '../kit/scene.ts';
import { AProcess, type Ended } from './a-process.ts';

/** A worker that is told to end at the moment when its work runs and it does not know it yet. */
export interface ToldEarly {
  readonly worker: string;
  readonly command: readonly string[];
  /** What the worker's interpreter loads first. */
  readonly file: string;
  readonly text: string;
  readonly variablesOf: (file: string) => Readonly<Record<string, string>>;
}

export const SHELL: ToldEarly = {
  worker: 'the shell command',
  command: ['bash', 'worker/shell/worker.sh'],
  file: 'env.sh',
  text: `set -T; trap 'case $BASH_COMMAND in "wait_for_group \\$!") kill -TERM $$ ;; esac' DEBUG`,
  variablesOf: (file) => ({ BASH_ENV: file }),
};

export const PYTHON: ToldEarly = {
  worker: 'the Python command',
  command: ['python3', 'worker/python/heartbeat.py'],
  file: 'sitecustomize.py',
  text: `import os, signal, subprocess
class Popen(subprocess.Popen):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen = Popen
`,
  variablesOf: (file) => ({ PYTHONPATH: dirname(file) }),
};

export const NODE: ToldEarly = {
  worker: 'the Node command',
  command: [process.execPath, 'worker/src/cli.ts'],
  file: 'told.mjs',
  text: `import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
const { spawn } = childProcess;
childProcess.spawn = (...args) => {
  const child = spawn(...args);
  process.kill(process.pid, 'SIGTERM');
  return child;
};
syncBuiltinESMExports();
`,
  variablesOf: (file) => ({ NODE_OPTIONS: `--import=${file}` }),
};

/** Work that nobody ends goes on for a minute, and keeps the worker's output open. */
const WORK = ['sleep', '60'];

/** What a worker ends with if its work was ended by the signal. */
export const ENDED_BY_SIGTERM = 143;

/** Runs the worker to its end. */
export async function playToldEarly({ command, file: name, text, variablesOf }: ToldEarly): Promise<Ended> {
  using folder = new AFolder();
  const file = join(folder.path, name);
  writeFileSync(file, text);
  const [program = '', ...args] = command;
  const process = new AProcess(program, [...args, 'run', '--', ...WORK], {
    HEARTBEAT_RELAY_URL: 'http://127.0.0.1:1',
    HEARTBEAT_DOMAIN: 'orders',
    HEARTBEAT_KEY: KEY,
    HEARTBEAT_TIMEOUT_SECONDS: '600',
    TASK_TOKEN: 'none',
    ...variablesOf(file),
  });
  return await process.ended;
}
