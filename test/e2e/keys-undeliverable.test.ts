import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Target } from '../../operator/target.ts';
import { issueKey } from '../../operator/issue.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { readKeyPages } from '../../operator/key-pages.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { startProxy } from './a-proxy.ts';
import { type AStack, startStack } from './a-stack.ts';
import { writeState } from './verify-command.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

/** The ids of all keys with a record. */
async function listed(target: Target): Promise<string[]> {
  const found: string[] = [];
  for await (const { keys } of readKeyPages(target)) found.push(...keys.map(({ key }) => key.keyId));
  return found.sort();
}

const aKey = async (version: 1 | 2) => {
  const request = { label: 'kept', domains: ['orders'], expiresAtMs: null };
  return (version === 1 ? issueVersion1 : issueKey)(a.target, request, Date.now());
};

interface Undeliverable {
  readonly what: string;
  readonly options: (folder: string) => readonly string[];
  readonly says: RegExp;
  /** What the stack's outputs say instead of the relay's address. */
  readonly relayUrl?: string;
}

const ROWS: readonly Undeliverable[] = [
  {
    what: 'an address that would be a command of the shell',
    options: () => ['--output', 'env'],
    says: /--output env can't write HEARTBEAT_RELAY_URL/,
    relayUrl: 'http://relay.example/$(touch x)',
  },
  {
    what: 'the same, into a file',
    options: (folder) => ['--output', 'env', '--output-file', `${folder}/new.env`],
    says: /--output env can't write HEARTBEAT_RELAY_URL/,
    relayUrl: 'http://relay.example/$(touch x)',
  },
  {
    what: 'a file that exists',
    options: (folder) => ['--output-file', `${folder}/there`],
    says: /there exists, and --output-file never overwrites/,
  },
  {
    what: 'a link to nowhere',
    options: (folder) => ['--output-file', `${folder}/link`],
    says: /link exists, and --output-file never overwrites/,
  },
  {
    what: 'a folder',
    options: (folder) => ['--output-file', `${folder}/sub`],
    says: /sub exists, and --output-file never overwrites/,
  },
  {
    what: 'a file in a folder that is not there',
    options: (folder) => ['--output-file', `${folder}/none/new.env`],
    says: /--output-file can't be created: ENOENT/,
  },
  {
    what: 'a file in something that is no folder',
    options: (folder) => ['--output-file', `${folder}/there/new.env`],
    says: /--output-file can't be created: ENOTDIR/,
  },
  {
    what: 'a file in a folder that takes none',
    options: () => ['--output-file', '/proc/self/new.env'],
    says: /--output-file can't be created: E/,
  },
  {
    what: 'a name that is too long',
    options: (folder) => ['--output-file', `${folder}/${'x'.repeat(300)}`],
    says: /--output-file can't be created: ENAMETOOLONG/,
  },
];

/** Runs a command against a stack whose outputs say this, and whose folder has a file, a link and a folder. */
async function run(command: readonly string[], { options, relayUrl }: Undeliverable) {
  using folder = new AFolder();
  writeFileSync(`${folder.path}/there`, 'kept');
  symlinkSync(`${folder.path}/nowhere`, `${folder.path}/link`);
  mkdirSync(`${folder.path}/sub`);
  const toAnswerBody = (body: string): string =>
    relayUrl === undefined ? body : body.replaceAll(`>${a.stack.relayUrl}<`, `>${relayUrl}<`);
  const proxy = await startProxy(a.stack.awsUrl, { toAnswerBody });
  const state = folder.state();
  writeState(state, { ...a.connection, awsUrl: proxy.url });
  try {
    return await runProgram(['keys', ...command, ...options(folder.path), '--local', '--state', state]);
  } finally {
    await proxy.close();
  }
}

describe.each(ROWS)('a secret that cannot be delivered ($what)', (row) => {
  it('is never issued', async () => {
    const before = await listed(a.target);
    expect(await run(['issue', '--domain', 'orders', '--label', 'undeliverable'], row)).toEqual(aRefusal(row.says));
    expect(await listed(a.target)).toEqual(before);
  });

  it.each([1, 2] as const)(
    'is never issued by a rotation of a version %i key, and nothing is planned',
    async (version) => {
      const { keyId } = await aKey(version);
      const before = await listed(a.target);
      const command = ['rotate', keyId, '--overlap', '1h', '--domain', 'orders'];
      expect(await run(command, row)).toEqual(aRefusal(row.says));
      expect(await listed(a.target)).toEqual(before);
      const events = await readEvents(a.target, keyId);
      expect([findEvent(events, 'rotated'), findEvent(events, 'ends')]).toEqual([undefined, undefined]);
    },
  );
});

it('a file that appears while the key is issued is kept, and the command says to revoke the key', async () => {
  using folder = new AFolder();
  const file = `${folder.path}/new.env`;
  const proxy = await startProxy(a.stack.awsUrl, {
    toAnswerBody: (body) => {
      writeFileSync(file, 'kept');
      return body;
    },
  });
  const state = folder.state();
  writeState(state, { ...a.connection, awsUrl: proxy.url });
  const args = ['issue', '--domain', 'orders', '--label', 'x', '--output-file', file, '--local', '--state', state];
  const ended = await runProgram(['keys', ...args]);
  await proxy.close();
  expect(ended).toEqual(aRefusal(/^nobody read the secret of HBRK\w{16} \(.*\): revoke that key$/, 1));
});
