import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { installedClient } from './installed-client.ts';
import { ROOT } from './program.ts';
import { describeKit, KIT, run } from './python-kit-facts.ts';
import { pip } from './sdk-client-installs.ts';

/** mypy 1.14 is the last one that knows Python 3.8. */
const TOOLS = ['mypy==1.14.1', 'ruff==0.17.5'];
const tools = installedClient(TOOLS.join('-').replaceAll('==', '-'), [pip(...TOOLS)]);

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

describeKit('python3');
