import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { listen, type RunningServer } from '../../local/listen.ts';
import { EnvFileError, type Read, readByDocker } from '../cli/env-readers.ts';
import { runProgram, SEARCH_PATH } from './program.ts';

const isInstalled = spawnSync('docker', ['--version']).status === 0;

/** What the client would create a container with. */
const CREATION = z.object({ Env: z.array(z.string()).nullish() });

let daemon: RunningServer;
let folder: string;
let created: readonly string[] = [];

/** All that a client asks before it creates a container, and then that. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('api-version', '1.44').end('OK');
    return;
  }
  created = CREATION.parse(await json(request)).Env ?? [];
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id":"a","Warnings":[]}');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relay-docker-'));
  const server = createServer((request, response) => void answer(request, response));
  daemon = await listen(server, 0);
});
afterAll(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true });
});

async function readByRealDocker(text: string): Promise<Read> {
  const file = join(folder, 'worker.env');
  writeFileSync(file, text);
  const args = ['-H', `tcp://127.0.0.1:${daemon.port}`, 'create', '--env-file', file, 'image'];
  const { exitCode, stderr } = await runProgram('docker', args, { PATH: SEARCH_PATH, HOME: folder, CALLERS: 'own' });
  if (exitCode !== 0) throw new EnvFileError(stderr);
  return Object.fromEntries(created.map((line) => [line.replace(/=.*/s, ''), line.replace(/^[^=]*=/, '')]));
}

describe.skipIf(!isInstalled)('the real docker --env-file reads as the tests’ own reader does', () => {
  it.each([
    'A=1 B=2\n',
    'A="b"\n',
    "A='b'\nB=`c`\n",
    '# comment\n  A=x#y\n\t# another\n\nEMPTY=\n',
    'A=1\r\nB=2 \n',
    'A=a=b==\nB=:/@%+,-.\n',
    'CALLERS\nNOBODYS\n',
    'A=$HOME\nB=~\n',
  ])('%j', async (text) => {
    expect(readByDocker(text, { CALLERS: 'own' })).toEqual(await readByRealDocker(text));
  });

  it.each(['unset A\n', 'export A=1\n', '=x\n', 'A B=1\n'])('%j is refused by both', async (text) => {
    expect(() => readByDocker(text)).toThrow(EnvFileError);
    await expect(readByRealDocker(text)).rejects.toThrow('invalid env file');
  });
});
