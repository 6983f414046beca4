import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { run, type Running } from '../../local/running.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { AProcess, type Ended } from '../e2e/a-process.ts';

const PROGRAM = `"${process.execPath}" cli/heartbeat-relay.mjs`;

/** The script sees no other variables. CI, FORCE_COLOR and their kind change the colours, and differ between machines. */
const bash = async (script: string, variables: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const assigned = Object.entries({ PATH, HOME, NODE_COMPILE_CACHE, ...variables }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return new AProcess('env', ['-i', ...assigned, 'bash', '-c', script]).ended;
};

/** Runs a command on a terminal of its own. */
const onTerminal = async (args: string, variables: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  bash(`TERM=xterm script -qec '${PROGRAM} ${args}' /dev/null`, variables);

describe.concurrent('a closed pipe ends a command quietly', () => {
  it('--help | true', async () => {
    const { exitCode, stderr } = await bash(`set -o pipefail; ${PROGRAM} --help | true`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('demo | head -1', async () => {
    const { exitCode, stdout, stderr } = await bash(`set -o pipefail; ${PROGRAM} demo | head -1`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ok {2}heartbeat [^\n]+\n$/);
  });

  it('bench --help | head -1', async () => {
    const { exitCode, stdout, stderr } = await bash(
      `set -o pipefail; "${process.execPath}" bench/bench.ts --help | head -1`,
    );
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'Usage: npm run bench -- [options]\n',
      stderr: '',
    });
  });
});

describe.concurrent('bench', () => {
  it.each(['--help', '-h'])('%s prints its options', async (flag) => {
    const { exitCode, stdout, stderr } = await bash(`"${process.execPath}" bench/bench.ts ${flag}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const option of ['--json', '--check', '--profile', '--write']) expect(stdout).toContain(option);
  });

  it('refuses an unknown option in one line', async () => {
    const { exitCode, stdout, stderr } = await bash(`"${process.execPath}" bench/bench.ts --colour`);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: "error: unknown option '--colour'\n",
    });
  });
});

describe('colour and progress', () => {
  const COLOUR = '\u001b[';
  const [START, LIST] = ['task start', 'task list'];

  let folder: AFolder;
  let running: Running;
  beforeAll(async () => {
    folder = new AFolder();
    running = await run({ statePath: folder.state(), relayPort: 0, awsPort: 0, maxContainers: 1 });
  });
  afterAll(async () => {
    await running.close();
    folder[Symbol.dispose]();
  });
  const state = (): string => `--state ${folder.state()}`;

  it('appear on a terminal', async () => {
    const { exitCode, stdout } = await onTerminal(`${LIST} ${state()}`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${COLOUR}1mdomain`);
    running.stack.faults.set(['swf.StartWorkflowExecution=slow:3s']);
    expect((await onTerminal(`${START} ${state()}`)).stdout).toContain(`\r${COLOUR}Kstarting task 1 of 1 (1 s)`);
  });

  it('do not appear in a pipe', async () => {
    running.stack.faults.set(['swf.StartWorkflowExecution=slow:3s']);
    const started = await bash(`${PROGRAM} ${START} ${state()}`);
    running.stack.faults.set([]);
    const { stdout, stderr } = await bash(`${PROGRAM} ${LIST} ${state()} | cat`);
    expect(started.stdout + stdout).not.toContain(COLOUR);
    expect([started.stderr, stderr]).toEqual(['', '']);
  });

  it('NO_COLOR turns colour off on a terminal', async () => {
    const { stdout } = await onTerminal(`${LIST} ${state()}`, { NO_COLOR: '1' });
    expect(stdout).toMatch(/^domain +/);
    expect(stdout).not.toContain(COLOUR);
  });
});

describe('a Node that is too old', () => {
  it('says in one line what to do', async () => {
    // The entry is plain JavaScript. Only what it reads of the process is older here.
    const old = `Object.defineProperty(process,'version',{value:'v20.20.2'});Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})`;
    const { exitCode, stdout, stderr } = await bash(
      `"${process.execPath}" --import "data:text/javascript,${old}" cli/heartbeat-relay.mjs start`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^heartbeat-relay needs Node 24 and this is v20\.20\.2: (?:run `node link-node\.mjs`|install Node 24), then start again.*\n$/,
    );
  });
});

describe('npx', () => {
  it('runs the program by its name', async () => {
    const { exitCode, stdout } = await bash('npx --no heartbeat-relay --version');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
    });
  });
});
