import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { ROOT } from './program.ts';

export const KIT = join(ROOT, 'worker/python');

/** @returns 0 if it is no Python 3. */
export function minorVersionOf(command: string): number {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return Number(/^Python 3\.(?<minor>\d+)/.exec(stdout ?? '')?.groups?.['minor'] ?? 0);
}

/** What it said, and how it ended. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...environment };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

/** What holds for the Python kit under this interpreter. Left out, with the reason, if it is none of those supported. */
export function describeKit(command: string): void {
  const minor = minorVersionOf(command);
  if (minor < 8) process.stderr.write(`skipped: the Python kit, for ${command} is not Python 3.8 or later\n`);
  describe.skipIf(minor < 8)(`the Python kit on Python 3.${minor}`, () => {
    it('passes its own tests', () => {
      const tested = run(command, ['-W', 'error::ResourceWarning', '-m', 'unittest'], KIT);
      expect(tested.said).toMatch(/^Ran [1-9]\d+ tests[^]*^OK$/m);
      expect(tested.status).toBe(0);
    });

    it('is installed by pip from its folder, and then is a command and a module', ({ skip }) => {
      using folder = new AFolder();
      // pip builds within the folder of the sources.
      cpSync(KIT, folder.state('worker/python'), { recursive: true });
      const target = folder.state('installed');
      const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--target', target];
      const installed = run(command, ['-m', 'pip', 'install', ...options, './worker/python'], folder.path);
      skip(/No module named pip|Could not find a version/.test(installed.said), installed.said);
      expect(installed).toMatchObject({ status: 0 });
      const environment = { PYTHONPATH: target };
      const script = run(join(target, 'bin/swf-heartbeat-worker'), ['--version'], folder.path, environment);
      expect(script).toEqual({ status: 0, said: '1.0.0\n' });
      const program = 'import heartbeat; print(heartbeat.__version__)';
      expect(run(command, ['-c', program], folder.path, environment)).toEqual({ status: 0, said: '1.0.0\n' });
    });
  });
}
