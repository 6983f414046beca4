import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Connection, readConnection } from '../../local/connection.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { AStart } from './a-process.ts';
import { until } from './until.ts';

const shell = promisify(execFile);

let folder: AFolder;
let start: AStart;
let connection: Connection;

beforeAll(async () => {
  folder = new AFolder();
  start = new AStart(folder.state(), ['--tls']);
  connection = await start.ready();
});

afterAll(async () => {
  await start.signal('SIGKILL');
  folder[Symbol.dispose]();
});

const caFile = (): string => join(start.statePath, 'ca.pem');
const run = (script: string): Promise<{ stdout: string }> => shell('sh', ['-c', script]);
/** Sends again after each 503, as a worker does: this relay keeps its real deadlines. */
const answerTo = (line: string): Promise<unknown> =>
  until('an answer other than 503', async () => {
    const answer: unknown = JSON.parse((await run(line)).stdout);
    return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 503
      ? undefined
      : answer;
  });
const heartbeatLine = (): string => /^ {2}1 heartbeat +(?<line>curl .*)$/m.exec(start.printed)?.groups?.['line'] ?? '';

describe('npm start -- --tls', () => {
  it('prints a curl line that sends a heartbeat over HTTPS, and shows it', async () => {
    expect(heartbeatLine()).toContain(
      `curl -sS --cacert ${caFile()} ${connection.relayUrl}/domains/orders/heartbeats -H @`,
    );
    expect(await answerTo(heartbeatLine())).toMatchObject({ cancelRequested: false, forwarded: true });
    await until('the line of the heartbeat', () =>
      / orders {5}[\w-]{8} 200 cancelRequested false {2}\d+ ms\n/.test(start.printed) ? true : undefined,
    );
  });

  it('is not trusted by whom nobody told about its authority', async () => {
    const untold = heartbeatLine().replace(` --cacert ${caFile()}`, '');
    await expect(run(untold)).rejects.toMatchObject({ code: 60 });
  });

  it('says in connection.json how to reach and to check it; the AWS endpoint stays as it is', () => {
    expect(connection).toMatchObject({ caFile: caFile() });
    expect(connection.relayUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(connection.awsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(start.printed).toContain(`  relay ${connection.relayUrl}   AWS endpoint ${connection.awsUrl} `);
  });

  it('has tasks that npm run task starts and cancels, as a stack without TLS has', async () => {
    const task = async (name: string) => runProgram(['task', name, '--state', start.statePath]);
    expect(await task('start')).toMatchObject({ exitCode: 0 });
    expect(readConnection(start.statePath).caFile).toBe(caFile());
    expect(await task('cancel')).toMatchObject({ exitCode: 0 });
    expect(await answerTo(heartbeatLine())).toMatchObject({ cancelRequested: true, forwarded: true });
  });

  it('has keys issued with a curl line that works when pasted', async () => {
    const options = ['--local', '--state', start.statePath, '--domain', 'orders', '--label', 'press-7'];
    const { stdout } = await runProgram(['keys', 'issue', ...options]);
    expect(stdout).toContain(`  url  ${connection.relayUrl}\n`);
    const { key = '', line = '' } =
      /^ {2}key {2}(?<key>\S+)\n {2}try {2}(?<line>printf .*)$/m.exec(stdout)?.groups ?? {};
    const { taskToken } = readConnection(start.statePath).task;
    const pasted = `HEARTBEAT_KEY='${key}'; ${line.replace('…', taskToken)}`;
    expect(await answerTo(pasted)).toMatchObject({ forwarded: true });
  });

  it('refuses a foreign Host', async () => {
    const health = `curl -sS --cacert ${caFile()} -o /dev/null -w '%{http_code}' ${connection.relayUrl}/health`;
    expect((await run(health)).stdout).toBe('200');
    expect((await run(`${health} -H 'Host: relay.example'`)).stdout).toBe('403');
  });

  it('refuses a state folder in use, as without it', async () => {
    const again = await runProgram(['start', '--tls', '--port', '0', '--aws-port', '0', '--state', start.statePath]);
    expect(again).toEqual(aRefusal(/ is in use by process \d+; /));
  });
});

describe('npm start -- --tls, ended and started again', () => {
  it('ends within 2 s of Ctrl-C, with a handshake and a request under way, and has the same key and authority', async () => {
    const port = Number(new URL(connection.relayUrl).port);
    const before = ['worker.header', 'ca.pem'].map((name) => readFileSync(join(start.statePath, name), 'utf8'));
    const silent = connect(port, '127.0.0.1');
    const half = connectSecurely({ host: '127.0.0.1', port, ca: before[1] ?? '' });
    for (const socket of [silent, half]) socket.on('error', () => undefined);
    await Promise.all([once(silent, 'connect'), once(half, 'secureConnect')]);
    half.write('POST /domains/orders/heartbeats HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf');

    const signalledAtMs = Date.now();
    const { exitCode, stderr } = await start.signal('SIGINT');
    expect(Date.now() - signalledAtMs).toBeLessThan(2_000);
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
    expect(start.members()).toEqual([]);

    start = new AStart(folder.state(), ['--tls']);
    await start.ready();
    expect(['worker.header', 'ca.pem'].map((name) => readFileSync(join(start.statePath, name), 'utf8'))).toEqual(
      before,
    );
    expect(await answerTo(heartbeatLine())).toMatchObject({ forwarded: true });
  });

  it('speaks plain HTTP again without it', async () => {
    await start.signal('SIGINT');
    start = new AStart(folder.state());
    const { relayUrl, ...rest } = await start.ready();
    expect(relayUrl).toMatch(/^http:/);
    expect(rest).not.toHaveProperty('caFile');
    expect(heartbeatLine()).toMatch(/^curl -sS http:/);
    expect(await answerTo(heartbeatLine())).toMatchObject({ forwarded: true });
  });
});
