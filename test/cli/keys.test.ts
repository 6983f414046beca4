import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as `npm run keys` runs it. */
async function runKeys(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['cli/keys.ts', ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

const issue = (...more: string[]): string[] => ['issue', '--domain', 'orders', '--label', 'press-7', ...more];

describe.concurrent('npm run keys', () => {
  it.each([
    { given: 'nothing to do', args: [], says: 'say what to do' },
    { given: 'an unknown option', args: issue('--local', '--colour'), says: "Unknown option '--colour'" },
    { given: 'no label', args: ['issue', '--local', '--domain', 'orders'], says: '--label TEXT' },
    { given: 'no relay', args: issue(), says: 'name one relay: --stack NAME, or --local' },
    { given: 'two relays', args: issue('--local', '--stack', 'S'), says: 'name one relay' },
    { given: 'a state folder of a deployed stack', args: issue('--stack', 'S', '--state', 'd'), says: '--state goes' },
    { given: 'another output', args: issue('--local', '--output', 'yaml'), says: '--output takes json' },
    {
      given: 'a duration it cannot read',
      args: issue('--local', '--expires-in', '1w'),
      says: '--expires-in 1w is not',
    },
  ])('refuses $given', async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runKeys(args);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('says what it takes, and asks for no relay to do so', async () => {
    const { exitCode, stdout, stderr } = await runKeys(['--help']);
    expect(stdout).toMatch(/^Issues worker keys[^]*--domain[^]*--label[^]*--expires-in[^]*--stack[^]*--local/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('says how to start a local stack where none runs', async () => {
    const state = join(tmpdir(), 'relay-keys-no-such-folder');
    const { exitCode, stdout, stderr } = await runKeys(issue('--local', '--state', state));
    expect(stderr).toBe(`no local stack runs on ${state}: start one with npm start\n`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});
