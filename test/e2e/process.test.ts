import { existsSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

import { PollForActivityTaskCommand } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Connection } from '../../local/connection.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { AFolder, filesBelow } from './a-folder.ts';
import { AStart } from './a-process.ts';
import { Worker } from './relay-worker.ts';
import { commandOf, listeningAddresses, loopbackAddress, variablesOf } from './proc.ts';

/** What a person's shell may hold, and the function must not get. */
const OF_THE_SHELL = {
  AWS_PROFILE: 'nonsense',
  AWS_ACCESS_KEY_ID: 'AKIAOFTHESHELL',
  AWS_SECRET_ACCESS_KEY: 'of-the-shell',
  AWS_SESSION_TOKEN: 'of-the-shell',
  AWS_ENDPOINT_URL_SWF: 'http://of-the-shell.invalid',
  AWS_REGION: 'xx-nonsense-1',
  NODE_OPTIONS: '--title=of-the-shell',
  RELAY_DOMAINS: '["of-the-shell"]',
};

let folder: AFolder;
let start: AStart;
let connection: Connection;
let worker: Worker;

beforeAll(async () => {
  folder = new AFolder();
  start = new AStart(folder.state(), [], { ...OF_THE_SHELL, HOME: folder.state('no-home') });
  connection = await start.ready();
  worker = new Worker(connection.relayUrl, connection.worker);
});

afterAll(async () => {
  await start.signal('SIGKILL');
  folder[Symbol.dispose]();
});

const heartbeat = () => worker.heartbeatAgain('orders', connection.task.taskToken);
const containers = (): number[] => start.members().filter((pid) => commandOf(pid).includes('function-host'));

describe('npm start, as a process', () => {
  it('gives the function the environment of the template, and nothing of its own', async () => {
    expect(await heartbeat()).toMatchObject({ status: 200, body: { forwarded: true } });
    const [pid = 0] = containers();
    const variables = variablesOf(pid);
    const allowed = /^(AWS_|RELAY_|LAMBDA_|NODE_CHANNEL_|POWERTOOLS_)|^(_HANDLER|LANG|PATH|TZ)$/;
    expect([...variables.keys()].filter((name) => !allowed.test(name))).toEqual([]);
    expect([...variables].filter(([, value]) => /of-the-shell|OFTHESHELL|nonsense/.test(value))).toEqual([]);
    expect(variables.get('AWS_ENDPOINT_URL')).toBe(connection.awsUrl);
  });

  it('listens on 127.0.0.1 alone, at the three ports it prints', async () => {
    await heartbeat();
    const addresses = listeningAddresses(start.members()).sort();
    const { relayUrl, awsUrl, consoleUrl = 'no console' } = connection;
    expect(addresses).toEqual([relayUrl, awsUrl, consoleUrl].map(loopbackAddress).sort());
  });

  it.each([
    { given: 'a foreign Host', headers: { host: 'relay.example' } },
    { given: 'a foreign Host with the right port', headers: { host: '127.0.0.1.example:80' } },
    { given: 'a foreign Origin', headers: { origin: 'https://page.example' } },
    { given: 'a cross-site request', headers: { 'sec-fetch-site': 'cross-site' } },
  ])('refuses $given on both ports', async ({ headers }) => {
    const urls = [`${connection.relayUrl}/health`, connection.awsUrl];
    expect(await Promise.all(urls.map((url) => statusOf(url, headers)))).toEqual([403, 403]);
  });

  it('takes requests to itself by either of its names', async () => {
    const { port } = new URL(connection.relayUrl);
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    const statuses = hosts.map((host) => statusOf(`${connection.relayUrl}/health`, { host }));
    expect(await Promise.all(statuses)).toEqual([200, 200]);
  });

  it('keeps everything readable by its owner alone', async () => {
    await heartbeat();
    const paths = [start.statePath, join(start.statePath, 'dynamodb'), ...filesBelow(start.statePath)];
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
  });

  it('ends with all it started within 2 s of Ctrl-C, with requests under way', async () => {
    const { relayUrl, awsUrl, task } = connection;
    const poll = createSwfClient(connection).send(
      new PollForActivityTaskCommand({ domain: 'orders', taskList: { name: 'nothing-comes' } }),
    );
    const polled = poll.then(
      () => 'answered',
      () => 'dropped',
    );
    const half = connect(Number(new URL(relayUrl).port), '127.0.0.1');
    const dropped = new Promise<void>((resolve) => half.once('error', () => resolve()).once('close', () => resolve()));
    half.write('POST /domains/orders/heartbeats HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf');
    const heartbeats = Array.from({ length: 20 }, () =>
      worker.heartbeat('orders', task.taskToken).catch(() => 'dropped'),
    );
    await Promise.race(heartbeats);
    expect(containers().length).toBeGreaterThan(0);

    const signalledAtMs = Date.now();
    const { exitCode, stderr } = await start.signal('SIGINT');
    expect(Date.now() - signalledAtMs).toBeLessThan(2_000);
    expect(start.members()).toEqual([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
    await Promise.all([polled, dropped, ...heartbeats]);
    const left = ['connection.json', 'lock'].filter((name) => existsSync(join(start.statePath, name)));
    expect(left).toEqual([]);
    await expect(fetch(awsUrl)).rejects.toThrow('fetch failed');
  });
});

function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}
