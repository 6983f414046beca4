import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createKms } from '../../local/aws/kms.ts';
import { LocalSwf } from '../../local/aws/swf/local-swf.ts';
import { Faults } from '../../local/faults.ts';
import { FileFaults } from '../../local/faults-file.ts';
import { createPrivateFile, StateFolderError } from '../../local/private-files.ts';
import { StateFolder } from '../../local/state-folder.ts';

let folder: string;
let target: string;
let file: string;

/** The target lies outside of the state folder. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-files-'));
  target = join(folder, 'target');
  file = join(folder, 'state', 'file');
  StateFolder.open(join(folder, 'state')).release();
});
afterEach(() => rmSync(folder, { recursive: true }));

const openSwf = (): LocalSwf => LocalSwf.open({ journalFile: file, clock: Date.now });

/** Everything that writes to a state folder by a fixed name. */
const WRITERS = [
  { writer: 'a file of the state folder', write: () => StateFolder.of(join(folder, 'state')).write('file', 'new') },
  { writer: 'the faults', write: () => new FileFaults(file, new Faults(Date.now, Math.random)).set(['swf=error']) },
];

/** Those that read it first. */
const KEEPERS = [
  { writer: 'the root of the KMS keys', write: () => createKms({ keyArns: [], rootFile: file }) },
  { writer: 'the journal of the SWF', write: () => openSwf().close() },
];

const ALL = [...WRITERS, ...KEEPERS];

/** As a user's shell may set it. */
function withoutUmask(act: () => unknown): void {
  const before = process.umask(0);
  try {
    act();
  } finally {
    process.umask(before);
  }
}

const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

describe('files are created new, with mode 0600 and never through a link', () => {
  it.each(ALL)('$writer has mode 0600, whatever the umask', ({ write }) => {
    withoutUmask(write);
    expect(modeOf(file)).toBe(0o600);
    expect(readdirSync(join(folder, 'state'))).toEqual(['file']);
  });

  it.each(WRITERS)('$writer gets mode 0600 where a file had another', ({ write }) => {
    writeFileSync(file, 'old');
    chmodSync(file, 0o666);
    withoutUmask(write);
    expect(modeOf(file)).toBe(0o600);
  });

  it.each(WRITERS)('$writer takes the place of a link, and leaves its target alone', ({ write }) => {
    writeFileSync(target, 'mine');
    symlinkSync(target, file);
    write();
    expect(lstatSync(file).isFile()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  it.each(WRITERS)('$writer takes the place of a second name of a file, and leaves that file alone', ({ write }) => {
    writeFileSync(target, 'mine');
    linkSync(target, file);
    write();
    expect(readFileSync(target, 'utf8')).toBe('mine');
    expect(lstatSync(target).nlink).toBe(1);
  });

  it.each(ALL)('$writer makes nothing where a link leads to nowhere', ({ write }) => {
    symlinkSync(target, file);
    try {
      write();
    } catch (error) {
      if (!(error instanceof StateFolderError)) throw error;
    }
    expect(readdirSync(folder)).toEqual(['state']);
  });

  it.each(KEEPERS)('$writer is not read through a link', ({ write }) => {
    write();
    writeFileSync(target, readFileSync(file));
    rmSync(file);
    symlinkSync(target, file);
    expect(write).toThrow(StateFolderError);
    expect(write).toThrow(`${file} is a link; remove it`);
  });

  it.each([
    { given: 'a link to a file', prepare: () => writeFileSync(target, 'mine') },
    { given: 'a link to nowhere', prepare: () => undefined },
  ])('a file that must be new is not created where there is $given', ({ prepare }) => {
    prepare();
    symlinkSync(target, file);
    const before = readdirSync(folder);
    expect(() => createPrivateFile(file, 'new')).toThrow('EEXIST');
    expect(readdirSync(folder)).toEqual(before);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  });

  it('a file of the state folder is not read through a link', () => {
    writeFileSync(target, 'secret');
    symlinkSync(target, file);
    expect(() => StateFolder.of(join(folder, 'state')).read('file')).toThrow(StateFolderError);
  });

  it('the lock is not created through a link', () => {
    symlinkSync(target, join(folder, 'state', 'lock'));
    expect(() => StateFolder.open(join(folder, 'state'))).toThrow(StateFolderError);
    expect(readdirSync(folder)).toEqual(['state']);
  });
});
