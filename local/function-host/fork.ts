import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { toContainerEnvironment } from './environment.ts';
import type { FunctionSettings } from './settings.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.ts', import.meta.url));

/** The share of a function's memory that Lambda's Node.js runtime gives to the old-space heap. */
const HEAP_SHARE = 0.9;

/** Starts the process of one container: this Node.js, in the code's folder, with only the function's environment. */
export function forkContainer(
  settings: FunctionSettings,
  localEnvironment: Readonly<Record<string, string>>,
): ChildProcess {
  return fork(BOOTSTRAP, [], {
    cwd: settings.codeDir,
    env: toContainerEnvironment(settings, localEnvironment, newLogStreamName()),
    execPath: process.execPath,
    // Set explicitly, because the container would otherwise inherit the options of this process.
    execArgv: [`--max-old-space-size=${Math.floor(settings.memoryMb * HEAP_SHARE)}`],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Creates a name in Lambda's format: the day, the version, 32 hexadecimal digits. */
function newLogStreamName(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
}
