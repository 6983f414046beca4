import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { AProcess, type Ended } from '../e2e/a-process.ts';
import { runProgram } from './fake-terminal.ts';

const runKeys = async (args: readonly string[]) => runProgram(['keys', ...args]);

/** The program as a process of its own, with nothing of this machine's AWS configuration. */
async function runWithoutAws(args: readonly string[], variables: Readonly<Record<string, string>>): Promise<Ended> {
  const environment = Object.entries({
    PATH: process.env['PATH'] ?? '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...variables,
  }).map(([name, value]) => `${name}=${value}`);
  return new AProcess('env', ['-i', ...environment, process.execPath, 'cli/heartbeat-relay.mjs', ...args]).ended;
}

const KEY_ID = 'HBRKABCDEFGHIJKLMNOP';
const SECRET = 'd50v7eDdWJ6SgnG23Wstmxc4oiER5RFiryrj1qF-k3Y';
const NOT_A_KEY_ID = 'name one key by its id: HBRK and 16 letters and digits, without the dot and the secret';

const issue = (...more: string[]): string[] => ['issue', '--domain', 'orders', '--label', 'press-7', ...more];
const purge = (endedBefore: string): string[] => ['purge', '--ended-before', endedBefore, '--local'];
const rotate = (...more: string[]): string[] => ['rotate', KEY_ID, '--overlap', '24h', '--local', ...more];
const rotateAll = (...more: string[]): string[] => ['rotate', '--all', '--overlap', '24h', '--local', ...more];

describe.concurrent('npm run keys', () => {
  it.each([
    { given: 'an option of another command', args: ['list', '--local', '--overlap', '1h'], says: "'--overlap'" },
    { given: 'no label', args: ['issue', '--local', '--domain', 'orders'], says: "'--label <text>' not specified" },
    { given: 'no domain', args: ['issue', '--local', '--label', 'a'], says: "'--domain <name>' not specified" },
    { given: 'a label without its quotes', args: issue('7', '--local'), says: "too many arguments for 'issue'" },
    { given: 'a word too many', args: ['list', 'orders', '--local'], says: "too many arguments for 'list'" },
    { given: 'no relay', args: issue(), says: 'name one relay: --stack NAME, or --local' },
    { given: 'no relay to list', args: ['list'], says: 'name one relay' },
    { given: 'two relays', args: issue('--local', '--stack', 'S'), says: 'name one relay' },
    {
      given: 'a state folder of a deployed stack',
      args: issue('--stack', 'S', '--state', 'd'),
      says: '--state needs --local',
    },
    {
      given: 'another output',
      args: issue('--local', '--output', 'yaml'),
      says: 'Allowed choices are table, json, env, aws-profile.',
    },
    {
      given: 'an output without its secret',
      args: ['list', '--local', '--output', 'env'],
      says: 'Allowed choices are table, json.',
    },
    { given: 'another status', args: ['list', '--local', '--status', 'dead'], says: 'active, revoked, expired' },
    { given: 'an odd disuse', args: ['list', '--local', '--unused-for', 'long'], says: '--unused-for long is not' },
    { given: 'a duration it cannot read', args: issue('--local', '--expires-in', '1w'), says: '--expires-in 1w is' },
    {
      given: 'a date it cannot read',
      args: issue('--local', '--expires-at', '1.2.30'),
      says: '--expires-at 1.2.30 is',
    },
    { given: 'a date that is over', args: issue('--local', '--expires-at', '2020-01-01'), says: 'not in the future' },
    {
      given: 'two ends',
      args: issue('--local', '--expires-in', '1d', '--expires-at', '2099-01-01'),
      says: 'give one end',
    },
    { given: 'an end and none', args: issue('--local', '--expires-in', '1d', '--no-expiry'), says: 'give one end' },
    ...['10.0.0.1', '10.0.0.0/33', '::ffff:10.0.0.0/104', 'fe80::%eth0/64', '10.0.0.0/08', 'everywhere'].map(
      (network) => ({
        given: `the network ${network}`,
        args: issue('--local', '--network', '10.0.0.0/8', '--network', network),
        says: `--network ${network} is not a CIDR like 10.0.0.0/8`,
      }),
    ),
    ...['0', '0.5', '-1', 'x', '100001'].map((rate) => ({
      given: `the rate ${rate}`,
      args: issue('--local', `--rate=${rate}`),
      says: 'from 1 to 100000',
    })),
    {
      given: 'an odd time to an end',
      args: ['list', '--local', '--expires-within', 'soon'],
      says: '--expires-within soon is',
    },
    {
      given: 'an output file that exists',
      args: issue('--local', '--output-file', 'package.json'),
      says: 'package.json exists, and --output-file never overwrites',
    },
    { given: 'no key to show', args: ['show', '--local'], says: "missing required argument 'keyId'" },
    {
      given: 'two keys to revoke',
      args: ['revoke', KEY_ID, KEY_ID, '--local'],
      says: "too many arguments for 'revoke'",
    },
    {
      given: 'no overlap',
      args: ['rotate', KEY_ID, '--local'],
      says: "'--overlap <duration>' not specified",
    },
    { given: 'a purge of no age', args: ['purge', '--local'], says: "'--ended-before <time>' not specified" },
    {
      given: 'a purge before no time',
      args: purge('last year'),
      says: '--ended-before last year is not a duration like 90d, a date like 2026-01-31',
    },
    {
      given: 'a purge before a time to come, for a key may end until then',
      args: purge('2099-01-01'),
      says: '--ended-before 2099-01-01 is in the future',
    },
    { given: 'a purge of no relay', args: ['purge', '--ended-before', '1d'], says: 'name one relay' },
    {
      given: 'a rotation of no key',
      args: ['rotate', '--overlap', '1h', '--local'],
      says: 'name one key by its id, or --all',
    },
    { given: 'a rotation of one key and all', args: rotate('--all'), says: 'name one key by its id, or --all' },
    { given: 'a folder for one key', args: rotate('--output-folder', 'keys'), says: '--output-folder go with --all' },
    {
      given: 'a rotation to no network',
      args: rotate('--network', '10.0.0.0'),
      says: '--network 10.0.0.0 is not a CIDR',
    },
    { given: 'a rotation to no rate', args: rotate('--rate', '0'), says: 'not a whole number from 1 to 100000' },
    { given: 'secrets of all keys for a person', args: rotateAll(), says: 'the secrets go to --output-folder FOLDER' },
    {
      given: 'one file for all keys',
      args: rotateAll('--output-file', 'keys.json', '--output', 'json'),
      says: '--output-file takes one key',
    },
    {
      given: 'one grant for all keys',
      args: rotateAll('--rate', '7', '--output', 'json'),
      says: '--all keeps what each key may do',
    },
    {
      given: 'a file for a folder',
      args: rotateAll('--output-folder', 'package.json'),
      says: '--output-folder cannot be',
    },
    { given: 'an overlap of nothing', args: rotate('--overlap', '0s'), says: '--overlap 0s is not a duration' },
    { given: 'another end that is over', args: rotate('--expires-at', '2020-01-01'), says: 'not in the future' },
  ])('refuses $given', async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runKeys(args);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^[^\n]+\n(?:\(Did you mean .*\)\n)?$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each(['show', 'revoke', 'rotate'])(
    '%s: does not repeat a secret that was pasted with its key id',
    async (name) => {
      const overlap = name === 'rotate' ? ['--overlap', '1h'] : [];
      const { exitCode, stdout, stderr } = await runKeys([name, `${KEY_ID}.${SECRET}`, '--local', ...overlap]);
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: `${NOT_A_KEY_ID}\n` });
    },
  );

  it('says how to start a local stack where none runs', async () => {
    const state = join(tmpdir(), 'relay-keys-no-such-folder');
    const { exitCode, stdout, stderr } = await runKeys(issue('--local', '--state', state));
    expect(stderr).toBe(`no local stack runs on ${state}: start one with npm start\n`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it.each([
    { given: 'region', variables: {}, says: "set AWS_REGION to the stack's region\n" },
    {
      given: 'credentials',
      variables: { AWS_REGION: 'eu-west-1' },
      says: 'no AWS credentials: set AWS_PROFILE, or log in as for the AWS CLI\n',
    },
  ])('says what to do where a deployed stack is named and no $given', async ({ variables, says }) => {
    const ended = await runWithoutAws(['keys', ...issue('--stack', 'HeartbeatRelay-prod')], variables);
    expect(ended).toEqual({ exitCode: 2, stdout: '', stderr: says });
  });
});
