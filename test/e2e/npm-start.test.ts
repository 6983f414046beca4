import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readConnection } from '../../local/connection.ts';
import { AFolder } from './a-folder.ts';
import { AProcess, ROOT, runNode } from './a-process.ts';
import { AnNpmStart, startCommand } from './an-npm-start.ts';
import { until } from './until.ts';

describe('kill of the pid of npm start', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('with %s ends everything', async (signal) => {
    using folder = new AFolder();
    await using npm = new AnNpmStart(folder.state(), ['npm'], startCommand(folder.state()));
    await npm.ready();
    expect(npm.leftInState()).toEqual(['connection.json', 'lock']);
    await npm.kill(signal);
    expect(npm.leftInState()).toEqual([]);
  });

  it('with SIGTERM ends everything where a shell is between npm and the relay, as with npx', async () => {
    using folder = new AFolder();
    const options = `--port 0 --aws-port 0 --state ${folder.state()}`;
    const command = ['exec', '-c', `node cli/heartbeat-relay.mjs start ${options}`];
    await using npm = new AnNpmStart(folder.state(), ['npm'], command);
    await npm.ready();
    await npm.kill('SIGTERM');
    expect(npm.leftInState()).toEqual([]);
  });
});

it('a start that is not npm’s own command outlives the shell that started it, below another npm script, too', async () => {
  using folder = new AFolder();
  const state = folder.state();
  const start = `"${process.execPath}" cli/heartbeat-relay.mjs start --port 0 --aws-port 0 --state ${state}`;
  const shell = new AProcess('env', ['npm_lifecycle_script=vitest run', 'sh', '-c', `${start} & wait`]);
  try {
    await until('the printed steps', () => (shell.printed.includes('Ctrl-C stops.') ? true : undefined));
    process.kill(shell.pid, 'SIGKILL');
    // Each takes longer than the time after which a start under npm notices.
    for (let times = 0; times < 2; times += 1) {
      expect(await runNode(['cli/heartbeat-relay.mjs', 'task', 'list', '--state', state])).toMatchObject({
        exitCode: 0,
      });
    }
    const { relayUrl } = readConnection(state);
    // A busy machine starts the function more slowly than the gateway waits.
    await until('a healthy relay', async () => ((await fetch(`${relayUrl}/health`)).ok ? true : undefined));
  } finally {
    for (const pid of shell.members()) process.kill(pid, 'SIGKILL');
  }
});

/** npm runs these by itself, and each ends at once. */
const RUN_BY_NPM = new Set(['dependencies', 'postinstall']);

it('every npm script replaces its shell by the last program, so that the program gets what npm sends', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')));
  const own = Object.entries(scripts).filter(([name]) => !RUN_BY_NPM.has(name));
  expect(own.length).toBeGreaterThan(10);
  const last = own.map(([name, script]) => ({ name, last: script.split(' && ').at(-1) ?? '' }));
  expect(last.filter((script) => !script.last.startsWith('exec ')).map(({ name }) => name)).toEqual([]);
});
