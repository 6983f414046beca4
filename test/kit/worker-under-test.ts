import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type WorkerKind = 'node-library' | 'node-command' | 'python-library' | 'python-command' | 'shell';

/** One of the workers of the kit, and how the suite starts it. */
export interface WorkerUnderTest {
  /** What a test is called after, such as `shell (dash)`. */
  readonly name: string;
  readonly kind: WorkerKind;
  /** Without which the worker is left out. */
  readonly needs: string;
  /** What starts it, up to `run`. A library's driver takes the same arguments and variables, without options. */
  readonly command: readonly string[];
}

const at = (path: string): string => `${ROOT}${path}`;

const shell = (name: string, ...command: readonly string[]): WorkerUnderTest => ({
  name: `shell (${name})`,
  kind: 'shell',
  needs: at('worker/shell/worker.sh'),
  command: [...command, at('worker/shell/worker.sh')],
});

const ALL: readonly WorkerUnderTest[] = [
  {
    name: 'Node library',
    kind: 'node-library',
    needs: at('worker/src/index.ts'),
    command: [process.execPath, at('test/kit/drivers/driver.ts')],
  },
  {
    name: 'Node command',
    kind: 'node-command',
    needs: at('worker/src/cli.ts'),
    command: [process.execPath, at('worker/src/cli.ts')],
  },
  {
    name: 'Python library',
    kind: 'python-library',
    needs: at('test/kit/drivers/driver.py'),
    command: ['python3', at('test/kit/drivers/driver.py')],
  },
  {
    name: 'Python command',
    kind: 'python-command',
    needs: at('worker/python/heartbeat.py'),
    command: ['python3', at('worker/python/heartbeat.py')],
  },
  shell('dash', 'dash'),
];

const OTHER_SHELLS = [shell('bash', 'bash'), shell('busybox', 'busybox', 'sh')];

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));

const canRun = ({ needs, command }: WorkerUnderTest): boolean =>
  existsSync(needs) && (existsSync(command[0] ?? '') || isInstalled(command[0] ?? ''));

/** Those that the project has. */
export const WORKERS = ALL.filter(canRun);

/** The expensive tests run the shell worker in these, where the machine has them. */
export const MORE_SHELLS = OTHER_SHELLS.filter(canRun);

export const isLibrary = ({ kind }: WorkerUnderTest): boolean => kind.endsWith('library');
