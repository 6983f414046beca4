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

/** Says what is left out, and why. */
function canRun({ name, kind, needs, command }: WorkerUnderTest): boolean {
  const programs = [command[0] ?? '', ...(kind === 'shell' ? ['curl'] : [])];
  const missing = programs.find((program) => !existsSync(program) && !isInstalled(program));
  if (missing !== undefined) process.stderr.write(`skipped: the worker "${name}", for there is no ${missing}\n`);
  return existsSync(needs) && missing === undefined;
}

/** Those that the project has. */
export const WORKERS = ALL.filter(canRun);

/** The expensive tests run the shell worker in these, where the machine has them. */
export const MORE_SHELLS = OTHER_SHELLS.filter(canRun);

export const isLibrary = ({ kind }: WorkerUnderTest): boolean => kind.endsWith('library');
