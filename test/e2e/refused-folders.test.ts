import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { LOCK_FILE } from '../../local/connection.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { AProcess } from './a-process.ts';
import { until } from './until.ts';

/** A start that is not refused ends as soon as it says that it runs. */
const startOn = async (state: string) =>
  runProgram(
    ['start', '--port', '0', '--aws-port', '0', '--state', state],
    new FakeTerminal((terminal) => terminal.interrupt()),
  );

/** A state folder that only its owner can use, with what a killed stack left in it. */
function aState(folder: AFolder, mode = 0o700): string {
  mkdirSync(folder.state());
  writeFileSync(join(folder.state(), LOCK_FILE), '1000000000', { mode: 0o600 });
  chmodSync(folder.state(), mode);
  return folder.state();
}

/** What must stay as it is. */
const view = (state: string) =>
  readdirSync(state, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, mtimeMs } = lstatSync(join(state, name));
      return { name, mode, mtimeMs };
    });

/** Every file that the stack keeps, and one of its tables. */
const FILES = [
  'connection.json',
  'kms.root',
  'swf.journal',
  'faults',
  'worker.header',
  'heartbeat.json',
  'tasks.json',
  'ca.pem',
  'certificate.key',
  'dynamodb/CURRENT',
];

const OTHERWISE = 'remove the folder, or use another --state';
const OTHERS_CAN_WRITE = /^cannot use the state folder \S+: it can be written by others; use another --state$/;

describe('a state folder that others can write is refused in one line', () => {
  it.each(['777', '770', '702', '1777'])('mode %s', async (digits) => {
    const mode = Number.parseInt(digits, 8);
    using folder = new AFolder();
    const state = aState(folder, mode);
    const before = view(state);
    expect(await startOn(state)).toEqual(aRefusal(OTHERS_CAN_WRITE));
    expect(view(state)).toEqual(before);
  });

  it.each([
    { command: 'task list', args: ['task', 'list'] },
    { command: 'task start', args: ['task', 'start'] },
    { command: 'task cancel', args: ['task', 'cancel'] },
    { command: 'faults list', args: ['faults', 'list'] },
    { command: 'faults set', args: ['faults', 'set', 'swf=error'] },
    { command: 'keys list', args: ['keys', 'list', '--local'] },
    { command: 'keys issue', args: ['keys', 'issue', '--local', '--domain', 'orders', '--label', 'a'] },
    { command: 'verify', args: ['verify', '--local', '--yes'] },
  ])('by $command, too, which would trust what others wrote', async ({ args }) => {
    using folder = new AFolder();
    const state = aState(folder, 0o777);
    expect(await runProgram([...args, '--state', state])).toEqual(aRefusal(OTHERS_CAN_WRITE));
  });

  it.skipIf(process.geteuid?.() !== 0)('one of another user', async () => {
    using folder = new AFolder();
    const state = aState(folder);
    chownSync(state, 65_534, 65_534);
    expect(await startOn(state)).toEqual(aRefusal(/: it belongs to another user; use another --state$/));
  });

  it.each(FILES)('one with a file %s that others can write', async (name) => {
    using folder = new AFolder();
    const file = join(aState(folder), name);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, 'of others');
    chmodSync(file, 0o666);
    expect(await startOn(folder.state())).toEqual(
      aRefusal(new RegExp(`: ${name} in it can be written by others; ${OTHERWISE}$`)),
    );
    expect(readFileSync(file, 'utf8')).toBe('of others');
  });
});

describe('the lock of a state folder', () => {
  it.each([
    { left: 'that a killed process left empty', lock: '' },
    { left: 'that is no process id', lock: 'x' },
    {
      left: 'of an earlier process with the id of this one, as after the restart of a container',
      lock: `${process.pid}`,
    },
  ])('$left is taken over', ({ lock }) => {
    using folder = new AFolder();
    writeFileSync(join(aState(folder), LOCK_FILE), lock, { mode: 0o600 });
    const open = StateFolder.open(folder.state());
    expect(readFileSync(join(folder.state(), LOCK_FILE), 'utf8')).toBe(`${process.pid}`);
    expect(() => StateFolder.open(folder.state())).toThrow(`is in use by process ${process.pid}`);
    open.release();
    expect(readdirSync(folder.state())).toEqual([]);
  });
});

it('a state folder below one that everybody can write to is refused, because they can put another in its place', async () => {
  using folder = new AFolder();
  mkdirSync(join(folder.path, 'parent'));
  chmodSync(join(folder.path, 'parent'), 0o777);
  const state = join(folder.path, 'parent', 'state');
  mkdirSync(state, { mode: 0o700 });
  expect(await startOn(state)).toEqual(aRefusal(/: everybody can write to \S+\/parent; use another --state$/));
  chmodSync(join(folder.path, 'parent'), 0o1777);
  expect((await startOn(state)).exitCode).not.toBe(2);
});

describe('a state folder with links is refused in one line, and the target stays as it is', () => {
  it.each(FILES)('a link %s', async (name) => {
    using folder = new AFolder();
    const [file, target] = [join(aState(folder), name), join(folder.path, 'target')];
    writeFileSync(target, 'mine');
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    symlinkSync(target, file);
    expect(await startOn(folder.state())).toEqual(aRefusal(new RegExp(`: ${name} in it is a link; ${OTHERWISE}$`)));
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  it.each(FILES)('a link %s to nowhere, which makes nothing there', async (name) => {
    using folder = new AFolder();
    const file = join(aState(folder), name);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    symlinkSync(join(folder.path, 'nothing'), file);
    expect(await startOn(folder.state())).toEqual(aRefusal(new RegExp(` in it is a link; ${OTHERWISE}$`)));
    expect(readdirSync(folder.path)).toEqual(['state']);
  });

  it('a second name of a file', async () => {
    using folder = new AFolder();
    const target = join(folder.path, 'target');
    writeFileSync(target, 'mine', { mode: 0o600 });
    linkSync(target, join(aState(folder), 'worker.header'));
    expect(await startOn(folder.state())).toEqual(
      aRefusal(new RegExp(`: worker.header in it is a link; ${OTHERWISE}$`)),
    );
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  it('a folder of tables that is a link', async () => {
    using folder = new AFolder();
    mkdirSync(join(folder.path, 'target'));
    symlinkSync(join(folder.path, 'target'), join(aState(folder), 'dynamodb'));
    expect(await startOn(folder.state())).toEqual(aRefusal(new RegExp(`: dynamodb in it is a link; ${OTHERWISE}$`)));
    expect(readdirSync(join(folder.path, 'target'))).toEqual([]);
  });

  it.each(['', '/'])('a link to a folder, written with "%s" at its end', async (end) => {
    using folder = new AFolder();
    mkdirSync(join(folder.path, 'target'), { mode: 0o700 });
    symlinkSync(join(folder.path, 'target'), folder.state());
    const state = `${folder.state()}${end}`;
    expect(await startOn(state)).toEqual(aRefusal(/: it is a link; use another --state$/));
    expect(await runProgram(['task', 'list', '--state', state])).toEqual(
      aRefusal(/: it is a link; use another --state$/),
    );
    expect(readdirSync(join(folder.path, 'target'))).toEqual([]);
  });

  it('and so is one with a pipe, which would never end', async () => {
    using folder = new AFolder();
    execFileSync('mkfifo', ['-m', '600', join(aState(folder), 'kms.root')]);
    expect(await startOn(folder.state())).toEqual(
      aRefusal(new RegExp(`: kms.root in it is not a file; ${OTHERWISE}$`)),
    );
  });
});

it('what a start writes is for its user alone, whatever the umask, so that the next start takes it', async () => {
  using folder = new AFolder();
  const command = `umask 002; exec "${process.execPath}" cli/heartbeat-relay.mjs start --port 0 --aws-port 0 --state ${folder.state()}`;
  const start = new AProcess('bash', ['-c', command], { TMPDIR: dirname(folder.state()) });
  await until('the printed steps', () => start.printed.includes('Ctrl-C stops.') || undefined);
  await start.signal('SIGTERM');
  const files = view(folder.state());
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
});
