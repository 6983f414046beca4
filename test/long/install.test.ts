import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { AnNpmStart, startCommand } from '../e2e/an-npm-start.ts';
import { OldMachine, type Npm } from './a-fresh-folder.ts';

const MAX_LINES = 15;
const machine = new OldMachine();
afterAll(() => machine[Symbol.dispose]());

const linesOf = (output: string): string[] => output.trimEnd().split('\n');
const ownNode = (folder: string): string => join(folder, 'node_modules/.bin/node');

/** The version that `node` has in a script, by npm's own search path. npm may say after it that a newer npm is out. */
const nodeOfScripts = (npm: Npm, folder: string): string =>
  linesOf(machine.npm(npm, folder, 'exec', '-c', 'node --version').output).find((line) => /^v\d/.test(line)) ?? '';

describe.each<{ npm: Npm; keepsLink: boolean }>([
  { npm: 'npm 10', keepsLink: false },
  { npm: 'npm 11', keepsLink: true },
])('$npm on Node 20', ({ npm, keepsLink }) => {
  it('installs with few lines and no warning, and scripts run on Node 24', () => {
    const folder = machine.freshFolder();
    const { exitCode, output } = machine.npm(npm, folder, 'ci');
    expect({ exitCode, warnings: linesOf(output).filter((line) => /warn|EBADENGINE/i.test(line)) }).toEqual({
      exitCode: 0,
      warnings: [],
    });
    expect(linesOf(output).length).toBeLessThanOrEqual(MAX_LINES);
    expect(nodeOfScripts(npm, folder)).toMatch(/^v24\./);
    expect(machine.npm(npm, folder, 'run').output).not.toMatch(/warn/i);
  });

  it('without scripts, installs as quietly; `node link-node.mjs` brings Node 24', () => {
    const folder = machine.freshFolder();
    const { exitCode, output } = machine.npm(npm, folder, 'ci', '--ignore-scripts');
    expect({ exitCode, warns: /warn|EBADENGINE/i.test(output) }).toEqual({ exitCode: 0, warns: false });
    expect(linesOf(output).length).toBeLessThanOrEqual(MAX_LINES);
    expect(existsSync(ownNode(folder))).toBe(keepsLink);
    expect(machine.node(folder, 'link-node.mjs')).toEqual({ exitCode: 0, output: '' });
    expect(nodeOfScripts(npm, folder)).toMatch(/^v24\./);
  });

  it('without scripts, a start on the old Node says in one line what to do', () => {
    const folder = machine.freshFolder('cli/heartbeat-relay.mjs');
    machine.npm(npm, folder, 'ci', '--ignore-scripts');
    const { exitCode, output } = machine.node(folder, 'cli/heartbeat-relay.mjs', 'start');
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output:
        'heartbeat-relay needs Node 24 and this is v20.20.2: run `node link-node.mjs`, then start again with npm or npx\n',
    });
  });

  it('keeps the lockfile free of engines, and the link, when a package is added', () => {
    const folder = machine.freshFolder();
    expect(machine.npm(npm, folder, 'install', 'ms@2.1.3').exitCode).toBe(0);
    expect(readFileSync(join(folder, 'package-lock.json'), 'utf8').match(/"engines"/g)).toHaveLength(1);
    expect(existsSync(ownNode(folder))).toBe(true);
  });

  it('refuses a package that is not the one of the lockfile', () => {
    const folder = machine.freshFolder();
    const file = join(folder, 'package-lock.json');
    const lock = readFileSync(file, 'utf8');
    const [entry = '', hash = ''] = /"node_modules\/zod": \{[^}]*?(sha512-[^"]+)/.exec(lock) ?? [];
    writeFileSync(file, lock.replace(entry, entry.replace(hash, `sha512-${'A'.repeat(86)}==`)));
    const { exitCode, output } = machine.npm(npm, folder, 'ci');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/EINTEGRITY/);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('a kill of the pid of npm start with %s ends everything', async (signal) => {
    using folder = new AFolder();
    const program = [process.execPath, machine.npmProgram(npm)] as const;
    await using start = new AnNpmStart(folder.state(), [...program], startCommand(folder.state()));
    await start.ready();
    await start.kill(signal);
    expect(start.leftInState()).toEqual([]);
  });
});
