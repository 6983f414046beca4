import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { listen } from '../../local/listen.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { AStart } from './a-process.ts';
import { startStack } from './a-stack.ts';

/** What says that a stack runs, or holds the folder for one. */
const leftIn = (statePath: string): string[] =>
  ['connection.json', 'lock'].filter((name) => existsSync(join(statePath, name)));

/** In this process, which is enough where no stack comes up. The later port of `--port` and `--aws-port` counts. */
const startHere = async (folder: AFolder, ...args: string[]) =>
  runProgram(['start', '--port', '0', '--aws-port', '0', '--state', folder.state(), ...args]);

describe.concurrent('npm start refuses', () => {
  it.each([
    { domains: 'a*', says: /a\*: is not a domain name that the relay accepts/ },
    { domains: 'arn', says: /arn: is not a domain name/ },
    { domains: '', says: /is not a domain name/ },
    { domains: 'a b', says: /a b: is not a domain name/ },
    { domains: 'a,a', says: /^domains: a is listed twice$/ },
    { domains: 'orders,', says: /is not a domain name/ },
  ])('--domains "$domains", before it makes anything', async ({ domains, says }) => {
    using folder = new AFolder();
    expect(await startHere(folder, '--domains', domains)).toEqual(aRefusal(says));
    expect(leftIn(folder.state())).toEqual([]);
    expect(existsSync(folder.state())).toBe(false);
  });

  it.each([
    { given: 'a kind of TLS', args: ['--tls=1.3'], says: /^error: unknown option '--tls=1.3'/ },
    {
      given: 'a file of faults that is not there',
      args: ['--faults', '/nonexistent'],
      says: /^--faults \/nonexistent is not a file$/,
    },
    { given: 'a folder of faults', args: ['--faults', 'test'], says: /^--faults test is not a file$/ },
  ])('$given', async ({ args, says }) => {
    using folder = new AFolder();
    expect(await startHere(folder, ...args)).toEqual(aRefusal(says));
    expect(leftIn(folder.state())).toEqual([]);
  });

  it.each(['--aws-port', '--tls --port'])('%s of another program', async (options) => {
    using folder = new AFolder();
    const other = await listen(createServer(), 0);
    try {
      const refused = aRefusal(new RegExp(`^port ${other.port} on 127\\.0\\.0\\.1 is in use$`));
      expect(await startHere(folder, ...options.split(' '), String(other.port))).toEqual(refused);
      expect(leftIn(folder.state())).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('--port of another program, and its process ends', async () => {
    using folder = new AFolder();
    const other = await listen(createServer(), 0);
    try {
      const refused = aRefusal(new RegExp(`^port ${other.port} on 127\\.0\\.0\\.1 is in use$`));
      expect(await new AStart(folder.state(), ['--port', String(other.port)]).ended).toEqual(refused);
      expect(leftIn(folder.state())).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('a state folder that is a file', async () => {
    using folder = new AFolder();
    writeFileSync(folder.state(), '');
    expect(await startHere(folder)).toEqual(
      aRefusal(new RegExp(`^cannot use the state folder ${folder.state()}: EEXIST$`)),
    );
  });

  it('a damaged key, which it leaves as it is', async () => {
    using folder = new AFolder();
    mkdirSync(folder.state(), { mode: 0o700 });
    const root = join(folder.state(), 'kms.root');
    writeFileSync(root, 'damaged', { mode: 0o600 });
    expect(await startHere(folder)).toEqual(aRefusal(/kms\.root does not contain a key/));
    expect(readFileSync(root, 'utf8')).toBe('damaged');
  });

  it('damaged tables, leaves nothing behind, and its process ends', async () => {
    using folder = new AFolder();
    mkdirSync(join(folder.state(), 'dynamodb'), { recursive: true, mode: 0o700 });
    for (const name of ['CURRENT', 'MANIFEST-000001'])
      writeFileSync(join(folder.state(), 'dynamodb', name), 'damaged\n', { mode: 0o600 });
    expect(await new AStart(folder.state()).ended).toEqual(aRefusal(/cannot open .*dynamodb; move it away/));
    expect(leftIn(folder.state())).toEqual([]);
  });

  it('a damaged journal, which it leaves as it is', async () => {
    using folder = new AFolder();
    mkdirSync(folder.state(), { mode: 0o700 });
    const journal = join(folder.state(), 'swf.journal');
    writeFileSync(journal, 'damaged\n', { mode: 0o600 });
    expect(await startHere(folder)).toEqual(aRefusal(/swf\.journal, line 1: .*; move the file away to start/));
    expect(leftIn(folder.state())).toEqual([]);
    expect(readFileSync(journal, 'utf8')).toBe('damaged\n');
  });

  it('a state folder in use, which stays in use', async () => {
    const a = await startStack();
    try {
      expect(await new AStart(a.statePath).ended).toEqual(
        aRefusal(new RegExp(`^the state folder .* is in use by process ${process.pid}; `)),
      );
      expect((await fetch(`${a.stack.relayUrl}/health`)).status).toBe(200);
      expect(leftIn(a.statePath)).toEqual(['connection.json', 'lock']);
    } finally {
      await a.close();
    }
  });
});

describe.concurrent('npm start, interrupted while it starts', () => {
  it('ends without a word, and leaves nothing that says it runs', async () => {
    using folder = new AFolder();
    const interruption = new URL('interrupted-start.ts', import.meta.url).href;
    const start = new AStart(folder.state(), [], {
      NODE_OPTIONS: `--import=${interruption}`,
      EXPECTED_LOCK: join(folder.state(), 'lock'),
    });
    expect(await start.ended).toEqual({ exitCode: 130, stdout: '', stderr: '' });
    expect(leftIn(folder.state())).toEqual([]);
    expect(start.members()).toEqual([]);
  });
});
