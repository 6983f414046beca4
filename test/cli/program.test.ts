import { describe, expect, it } from 'vitest';

import { FakeTerminal, runProgram } from './fake-terminal.ts';

/** Every command and sub-command, with its options and arguments. */
const COMMANDS = [
  { words: [], shows: ['start', 'console', 'task', 'faults', 'demo', 'keys', 'verify', '--version', 'Exit codes:'] },
  {
    words: ['start'],
    shows: ['--port', '--aws-port', '--console-port', '--domains', '--state', '--containers', '--faults', '--tls'],
  },
  { words: ['console'], shows: ['--state', '127.0.0.1'] },
  { words: ['task'], shows: ['start', 'list', 'cancel', 'complete'] },
  { words: ['task', 'start'], shows: ['--domain', '--heartbeat-timeout', '--count', '--output', '--state'] },
  { words: ['task', 'list'], shows: ['--domain', '--watch', '--output', '--state'] },
  { words: ['task', 'cancel'], shows: ['[id]', '--domain', '--output', '--state'] },
  { words: ['task', 'complete'], shows: ['[id]', '--domain', '--output', '--state'] },
  { words: ['faults'], shows: ['[rules...]', 'list', 'set', 'clear', '--state', '--output'] },
  { words: ['faults', 'list'], shows: ['--state', '--output'] },
  { words: ['faults', 'set'], shows: ['<rules...>', '--state', '--output'] },
  { words: ['faults', 'clear'], shows: ['--state', '--output'] },
  { words: ['demo'], shows: ['--output'] },
  {
    words: ['keys'],
    shows: ['issue', 'list', 'show', 'rotate', 'revoke', 'history', 'purge', 'Onboarding a partner:'],
  },
  {
    words: ['keys', 'issue'],
    shows: [
      '--domain',
      '--label',
      '--network',
      '--rate',
      '--expires-in',
      '--expires-at',
      '--no-expiry',
      '--output-file',
    ],
  },
  {
    words: ['keys', 'list'],
    shows: [
      '--label',
      '--domain',
      '--status',
      '--mac-key',
      '--expires-within',
      '--unused-for',
      '--output',
      '--stack',
      '--local',
      '--state',
    ],
  },
  { words: ['keys', 'show'], shows: ['<keyId>', '--output', '--stack', '--local', '--state'] },
  {
    words: ['keys', 'rotate'],
    shows: [
      '[keyId]',
      '--all',
      '--newest-too',
      '--yes',
      '--overlap',
      '--domain',
      '--network',
      '--rate',
      '--expires-in',
      '--expires-at',
      '--output',
      '--output-folder',
      '--stack',
      '--local',
    ],
  },
  { words: ['keys', 'history'], shows: ['<keyId>', '--output', '--stack', '--local', '--state'] },
  { words: ['keys', 'revoke'], shows: ['<keyId>', '--output', '--stack', '--local', '--state'] },
  {
    words: ['keys', 'purge'],
    shows: ['--ended-before', '--label', '--yes', '--output', '--stack', '--local', '--state'],
  },
  { words: ['verify'], shows: ['--domain', '--yes', '--output', '--stack', '--local', '--state', 'docs/verify.md'] },
].map(({ words, shows }) => ({ command: ['heartbeat-relay', ...words].join(' '), words, shows }));

/** The program's own commands and sub-commands, as its help lists them. */
async function listCommands(words: readonly string[] = []): Promise<string[]> {
  const { stdout } = await runProgram([...words, '--help']);
  const [, section = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout) ?? [];
  const names = [...section.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
  const found = names.filter((name) => name !== 'help').map(async (name) => listCommands([...words, name]));
  return [words.join(' '), ...(await Promise.all(found)).flat()];
}

it('the table has every command and sub-command', async () => {
  expect(COMMANDS.map(({ words }) => words.join(' ')).sort()).toEqual((await listCommands()).sort());
});

/** What commander asks for before it looks at unknown options. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'keys issue': ['--domain', 'orders', '--label', 'a'],
  'keys rotate': ['--overlap', '1h'],
  'keys purge': ['--ended-before', '1d'],
};

/** Commands that take options of their own. */
const LEAVES = COMMANDS.filter(({ words }) => !['', 'task', 'keys'].includes(words.join(' ')));

describe.each(COMMANDS)('$command', ({ command, words, shows }) => {
  it.each(['--help', '-h'])('%s prints its usage, options and sub-commands, and ends with 0', async (flag) => {
    const { exitCode, stdout, stderr } = await runProgram([...words, flag]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toContain(`Usage: ${command}`);
    for (const shown of shows) expect(stdout).toContain(shown);
    expect(stdout).not.toMatch(/^.{121}/m);
  });

  it('--help that nobody reads ends with 0, quietly', async () => {
    const closed = new FakeTerminal();
    closed.closePipe();
    expect(await runProgram([...words, '--help'], closed)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('an unknown option ends with 2', async () => {
    const required = REQUIRED[words.join(' ')] ?? [];
    const { exitCode, stdout, stderr } = await runProgram([...words, ...required, '--colour']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error: unknown (?:option '--colour'|command)/);
  });
});

describe('help', () => {
  it.each(LEAVES)('describes every option of $command', async ({ words }) => {
    const { stdout } = await runProgram([...words, '--help']);
    const options = stdout.split('\n').filter((line) => /^ {2}-/.test(line));
    expect(options.length).toBeGreaterThan(0);
    for (const line of options) expect(line).toMatch(/^ {2}\S.*? {2,}\S/);
  });

  it.each([
    'start',
    'console',
    'task start',
    'task list',
    'faults',
    'demo',
    'keys issue',
    'keys list',
    'keys show',
    'keys purge',
    'verify',
  ])('of %s has an example', async (words) => {
    const { stdout } = await runProgram([...words.split(' '), '--help']);
    expect(stdout).toMatch(new RegExp(`^Examples?:\n(?:.*\n)*? {2}\\S.*${words.split(' ').join(' (?:-- )?')}`, 'm'));
  });

  it('of the version is the one of package.json', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    for (const flag of ['--version', '-V']) {
      expect(await runProgram([flag])).toEqual({ exitCode: 0, stdout: `${manifest.version}\n`, stderr: '' });
    }
  });
});

describe('wrong usage ends with 2 and says what would be right', () => {
  it.each([
    { given: 'no command', args: [], says: /^Usage: heartbeat-relay/ },
    { given: 'no sub-command of task', args: ['task'], says: /^Usage: heartbeat-relay task/ },
    { given: 'no sub-command of keys', args: ['keys'], says: /^Usage: heartbeat-relay keys/ },
    {
      given: 'a misspelled command',
      args: ['tasks', 'list'],
      says: /unknown command 'tasks'\n\(Did you mean task\?\)/,
    },
    { given: 'another', args: ['stort'], says: /\(Did you mean start\?\)/ },
    { given: 'a misspelled sub-command', args: ['keys', 'isue'], says: /\(Did you mean issue\?\)/ },
    { given: 'another sub-command', args: ['task', 'cancle'], says: /\(Did you mean cancel\?\)/ },
    { given: 'a misspelled option', args: ['start', '--prot', '1'], says: /'--prot'\n\(Did you mean --port\?\)/ },
    { given: 'a word too many', args: ['demo', 'again'], says: /too many arguments for 'demo'/ },
    { given: 'a missing value', args: ['start', '--port'], says: /'--port <number>' argument missing/ },
    { given: 'a port that is no number', args: ['start', '--port', 'x'], says: /'x' is invalid.*0 to 65535/ },
    { given: 'a port too high', args: ['start', '--aws-port', '65536'], says: /'65536' is invalid/ },
    { given: 'no container', args: ['start', '--containers', '0'], says: /whole number from 1 to 64/ },
    { given: 'no timeout', args: ['task', 'start', '--heartbeat-timeout', '0'], says: /from 1 to 99999999/ },
    { given: 'half a second', args: ['task', 'start', '--heartbeat-timeout', '0.5'], says: /'0.5' is invalid/ },
    { given: 'too many tasks', args: ['task', 'start', '--count', '101'], says: /from 1 to 100/ },
    { given: 'another format', args: ['task', 'list', '--output', 'yaml'], says: /Allowed choices are text, json/ },
    { given: 'env for two', args: ['task', 'start', '--count', '2', '--output', 'env'], says: /describes one task/ },
    { given: 'no rule to set', args: ['faults', 'set'], says: /missing required argument 'rules'/ },
    {
      given: 'the name of a relay on this machine, which has none',
      args: ['verify', '--local', '--relay', 'west'],
      says: /^--relay needs --stack\n$/,
    },
    { given: 'verify without a relay', args: ['verify'], says: /^name one relay: --stack NAME, or --local\n$/ },
  ])('$given', async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runProgram(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });
});

describe('a command of the local stack where none runs', () => {
  it.each([
    ['console'],
    ['task', 'list'],
    ['task', 'start'],
    ['task', 'cancel'],
    ['task', 'complete', 'print-1'],
    // A task id that looks like options, `-h` among them.
    ['task', 'cancel', `-h${'s'.repeat(41)}`],
    ['task', 'complete', `-s_1a9ug${'-'.repeat(35)}`],
    ['faults'],
    ['faults', 'list'],
    ['faults', 'set', 'swf=error'],
    ['keys', 'list', '--local'],
    ['verify', '--local'],
  ])('%s %s ends with 1, and says how to start one', async (...words) => {
    const ended = await runProgram([...words.filter((word) => word !== undefined), '--state', '/no/such/folder']);
    const stderr = 'no local stack runs on /no/such/folder: start one with npm start\n';
    expect(ended).toEqual({ exitCode: 1, stdout: '', stderr });
  });
});
