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

/** The command as `npm run keys` runs it, with nothing of this machine's AWS configuration. */
async function runKeys(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const own = {
    PATH: process.env['PATH'] ?? '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const child = spawn(process.execPath, ['cli/keys.ts', ...args], {
    cwd: ROOT,
    env: { ...own, AWS_EC2_METADATA_DISABLED: 'true', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

const KEY_ID = 'HBRKABCDEFGHIJKLMNOP';
const SECRET = 'd50v7eDdWJ6SgnG23Wstmxc4oiER5RFiryrj1qF-k3Y';
const NOT_A_KEY_ID = 'name one key by its id: HBRK and 16 letters and digits, without the dot and the secret';

const issue = (...more: string[]): string[] => ['issue', '--domain', 'orders', '--label', 'press-7', ...more];
const rotate = (...more: string[]): string[] => ['rotate', KEY_ID, '--overlap', '24h', '--local', ...more];

describe.concurrent('npm run keys', () => {
  it.each([
    { given: 'nothing to do', args: [], says: 'say first what to do' },
    { given: 'an unknown command', args: ['delete', KEY_ID, '--local'], says: 'say first what to do' },
    { given: 'a name that every object has', args: ['constructor', '--local'], says: 'say first what to do' },
    { given: 'an unknown option', args: issue('--local', '--colour'), says: "Unknown option '--colour'" },
    { given: 'an option of another command', args: ['list', '--local', '--overlap', '1h'], says: "'--overlap'" },
    { given: 'no label', args: ['issue', '--local', '--domain', 'orders'], says: '--label TEXT' },
    { given: 'a label without its quotes', args: issue('7', '--local'), says: 'put a value with spaces into quotes' },
    { given: 'words that list has no use for', args: ['list', 'orders', '--local'], says: 'belong to no option' },
    { given: 'no relay', args: issue(), says: 'name one relay: --stack NAME, or --local' },
    { given: 'no relay to list', args: ['list'], says: 'name one relay' },
    { given: 'two relays', args: issue('--local', '--stack', 'S'), says: 'name one relay' },
    { given: 'a state folder of a deployed stack', args: issue('--stack', 'S', '--state', 'd'), says: '--state goes' },
    {
      given: 'another output',
      args: issue('--local', '--output', 'yaml'),
      says: '--output takes table, json, env or aws-profile\n',
    },
    {
      given: 'an output without its secret',
      args: ['list', '--local', '--output', 'env'],
      says: 'takes table or json',
    },
    { given: 'another status', args: ['list', '--local', '--status', 'dead'], says: 'active, revoked or expired' },
    { given: 'an odd disuse', args: ['list', '--local', '--unused-for', 'long'], says: '--unused-for long is not' },
    { given: 'a duration it cannot read', args: issue('--local', '--expires-in', '1w'), says: '--expires-in 1w is' },
    {
      given: 'a date it cannot read',
      args: issue('--local', '--expires-at', '1.2.30'),
      says: '--expires-at 1.2.30 is',
    },
    { given: 'a date that is over', args: issue('--local', '--expires-at', '2020-01-01'), says: 'not in the future' },
    { given: 'two ends', args: issue('--local', '--expires-in', '1d', '--expires-at', '2099-01-01'), says: 'once' },
    { given: 'no key to show', args: ['show', '--local'], says: NOT_A_KEY_ID },
    { given: 'two keys to revoke', args: ['revoke', KEY_ID, KEY_ID, '--local'], says: NOT_A_KEY_ID },
    {
      given: 'no overlap',
      args: ['rotate', KEY_ID, '--local'],
      says: 'how long the old key stays good: --overlap 24h',
    },
    { given: 'an overlap of nothing', args: rotate('--overlap', '0s'), says: '--overlap 0s is not a duration' },
    { given: 'another end that is over', args: rotate('--expires-at', '2020-01-01'), says: 'not in the future' },
  ])('refuses $given', async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runKeys(args);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each(['show', 'revoke', 'rotate'])(
    '%s: does not repeat a secret that was pasted with its key id',
    async (name) => {
      const { exitCode, stdout, stderr } = await runKeys([name, `${KEY_ID}.${SECRET}`, '--local']);
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: `${NOT_A_KEY_ID}\n` });
    },
  );

  it('says what it can do, and asks for no relay to do so', async () => {
    const { exitCode, stdout, stderr } = await runKeys(['--help']);
    expect(stdout).toMatch(/ issue [^]* list [^]* show [^]* rotate [^]* revoke [^]*--stack[^]*--local[^]*Onboarding/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it.each([
    { name: 'issue', options: ['--domain', '--label', '--expires-in', '--expires-at', '--output'] },
    { name: 'list', options: ['--label', '--domain', '--status', '--unused-for', '--output'] },
    { name: 'show', options: ['KEYID', '--output'] },
    { name: 'rotate', options: ['KEYID', '--overlap', '--domain', '--expires-in', '--expires-at', '--output'] },
    { name: 'revoke', options: ['KEYID', '--output'] },
  ])('$name --help explains every option, and has an example', async ({ name, options }) => {
    const { exitCode, stdout, stderr } = await runKeys([name, '--help']);
    const explained = [...stdout.matchAll(/^ {2}(?<option>--[\w-]+|KEYID) {2,}\S/gm)].map(
      ({ groups }) => groups?.['option'],
    );
    expect(explained).toEqual([...options, '--stack', '--local']);
    expect(stdout).toMatch(new RegExp(`^Examples?:\n  npm run (?:-s )?keys -- ${name} `, 'm'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('says how to start a local stack where none runs', async () => {
    const state = join(tmpdir(), 'relay-keys-no-such-folder');
    const { exitCode, stdout, stderr } = await runKeys(issue('--local', '--state', state));
    expect(stderr).toBe(`no local stack runs on ${state}: start one with npm start\n`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it.each([
    { given: 'region', variables: {}, says: "name the stack's region in AWS_REGION\n" },
    {
      given: 'credentials',
      variables: { AWS_REGION: 'eu-west-1' },
      says: 'no AWS credentials: set AWS_PROFILE, or log in as you do for the AWS CLI\n',
    },
  ])('says what to do where a deployed stack is named and no $given', async ({ variables, says }) => {
    const ended = await runKeys(issue('--stack', 'HeartbeatRelay-prod'), variables);
    expect(ended).toEqual({ exitCode: 2, stdout: '', stderr: says });
  });
});
