import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { installedClient } from './installed-client.ts';
import { ROOT } from './program.ts';
import { pip } from './sdk-client-installs.ts';

const KIT = join(ROOT, 'worker/python');

/** mypy 1.14 is the last one that knows Python 3.8. */
const TOOLS = ['mypy==1.14.1', 'ruff==0.17.5'];
const tools = installedClient(TOOLS.join('-').replaceAll('==', '-'), [pip(...TOOLS)]);

/** The machine's Python, and those of pyenv that the kit is for. */
const PYTHONS = [
  'python3',
  ...globSync(join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions/3.*/bin/python3')),
]
  .map((command) => ({ command, minor: minorVersionOf(command) }))
  .filter(({ minor }) => minor >= 8)
  .map(({ command, minor }) => ({ command, name: `Python 3.${minor} (${command})` }));

function minorVersionOf(command: string): number {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return Number(/^Python 3\.(?<minor>\d+)/.exec(stdout ?? '')?.groups?.['minor'] ?? 0);
}

if (PYTHONS.length === 0) process.stderr.write('skipped: the Python kit, for there is no Python 3.8 or later\n');

/** What it said, and how it ended. */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...environment };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

describe.skipIf(tools === undefined)('the Python kit', () => {
  const FILES = ['heartbeat.py', 'test_heartbeat.py', join(ROOT, 'test/kit/drivers/driver.py')];

  it('is typed, as mypy --strict wants it', () => {
    const options = ['-m', 'mypy', '--cache-dir', '/dev/null'];
    const checked = run('python3', [...options, ...FILES], KIT, { PYTHONPATH: tools ?? '' });
    expect(checked).toEqual({ status: 0, said: 'Success: no issues found in 3 source files\n' });
  });

  it('is formatted, and has nothing that the linter finds', () => {
    const ruff = join(tools ?? '', 'bin/ruff');
    const options = ['--no-cache', '--config', join(KIT, 'pyproject.toml'), ...FILES];
    expect(run(ruff, ['format', '--check', ...options], KIT)).toMatchObject({ status: 0 });
    expect(run(ruff, ['check', ...options], KIT)).toEqual({ status: 0, said: 'All checks passed!\n' });
  });
});

describe.each(PYTHONS)('the Python kit on $name', ({ command }) => {
  it('passes its own tests', () => {
    const { status, said } = run(command, ['-W', 'error::ResourceWarning', '-m', 'unittest'], KIT);
    expect(said).toMatch(/^Ran [1-9]\d+ tests/m);
    expect({ status, said }).toMatchObject({ status: 0 });
  });

  it('is installed by pip from its folder, and then is a command and a module', ({ skip }) => {
    using folder = new AFolder();
    // pip builds within the folder of the sources.
    const sources = folder.state('worker/python');
    cpSync(KIT, sources, { recursive: true });
    const target = folder.state('installed');
    const options = ['--quiet', '--disable-pip-version-check', '--no-compile', '--target', target];
    const installed = run(command, ['-m', 'pip', 'install', ...options, './worker/python'], folder.path);
    skip(installed.status !== 0 && /No module named pip|Could not find a version/.test(installed.said), installed.said);
    expect(installed).toMatchObject({ status: 0 });
    const environment = { PYTHONPATH: target };
    const script = join(target, 'bin/swf-heartbeat-worker');
    expect(existsSync(script)).toBe(true);
    expect(run(script, ['--version'], folder.path, environment)).toEqual({ status: 0, said: '0.1.0\n' });
    const imported = run(command, ['-c', 'import heartbeat; print(heartbeat.__version__)'], folder.path, environment);
    expect(imported).toEqual({ status: 0, said: '0.1.0\n' });
  });
});
