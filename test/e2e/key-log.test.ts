import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { toKeyId, toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { startSlowClock } from '../unhurried.ts';
import { AFolder } from './a-folder.ts';
import { type AStack, startStack } from './a-stack.ts';
import { until } from './until.ts';

const LINE = z.looseObject({ code: z.string().optional(), keyId: z.string().optional() });

const clock = pathToFileURL(join(import.meta.dirname, 'jumping-clock.ts')).href;
const folder = new AFolder();
const jumpFile = join(folder.path, 'jump');

let a: AStack;
beforeAll(async () => {
  const slowClock = startSlowClock();
  a = await startStack({
    maxContainers: 1,
    containerEnvironment: {
      ...slowClock,
      NODE_OPTIONS: `${slowClock['NODE_OPTIONS']} --import=${clock}`,
      JUMP_FILE: jumpFile,
    },
  });
});
afterAll(async () => {
  await a.close();
  folder[Symbol.dispose]();
});

const linesOf = (code: string) =>
  a.logLines.map((line) => LINE.parse(JSON.parse(line))).filter((line) => line.code === code);

interface Sent {
  readonly path?: string;
  readonly authorization?: string;
  readonly localAddress?: string;
}

/** Sends a heartbeat, or a GET of another path. @returns the status. */
async function send({ path, authorization, localAddress }: Sent): Promise<number | undefined> {
  const { worker, task } = a.connection;
  const url = new URL(path ?? '/domains/orders/heartbeats', a.stack.relayUrl);
  const headers = { authorization: authorization ?? `Bearer ${worker.keyId}.${worker.secret}` };
  const sent = request(url, { method: path === undefined ? 'POST' : 'GET', headers, localAddress, agent: false });
  const answered = once(sent, 'response');
  sent.end(path === undefined ? JSON.stringify({ taskToken: task.taskToken }) : undefined);
  const [response] = z.tuple([z.looseObject({ statusCode: z.number().optional() })]).parse(await answered);
  return response.statusCode;
}

const untilTrue = async (what: string, isTrue: () => boolean) => until(what, () => isTrue() || undefined);

const aSecret = (): string => toWorkerSecret(randomBytes(32));

describe('the log of a container behind the gateway', () => {
  it('has a line about a known key after more than ten anonymous refusals', async () => {
    const { keyId } = a.connection.worker;
    for (let guess = 0; guess < 12; guess += 1) {
      expect(await send({ authorization: `Bearer ${toKeyId(randomBytes(16))}.${aSecret()}` })).toBe(401);
    }
    expect(await send({ authorization: `Bearer ${keyId}.${aSecret()}` })).toBe(401);
    await untilTrue('a line of the known key', () =>
      linesOf('Unauthenticated').some((line) => line['claimedKeyId'] === keyId),
    );
    expect(linesOf('Unauthenticated').map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 10 }, () => 'unknown'),
      'wrong-secret',
    ]);
  });

  // Only Linux has the second address without being told.
  it.runIf(process.platform === 'linux')(
    'names both addresses of 20 heartbeats in one line, after 5 minutes and one more request',
    async () => {
      for (let heartbeat = 0; heartbeat < 20; heartbeat += 1) {
        expect(await send({ localAddress: heartbeat % 2 === 0 ? '127.0.0.1' : '127.0.0.2' })).toBe(200);
      }
      expect(linesOf('KeyUsed')).toEqual([]);
      writeFileSync(jumpFile, '');
      expect(await send({ path: '/health' })).toBe(200);
      await untilTrue('the use of the key', () => linesOf('KeyUsed').length > 0);
      const sourceIps = ['127.0.0.1', '127.0.0.2'];
      expect(linesOf('KeyUsed')).toMatchObject([{ keyId: a.connection.worker.keyId, count: 20, sourceIps }]);
    },
  );

  it('is not in the access log, which still has no path, query or secret', async () => {
    const isAccess = (line: string): boolean => JSON.parse(line) instanceof Object && line.includes('"functionStatus"');
    const secret = `secret-${randomBytes(16).toString('hex')}`;
    const before = a.logLines.filter(isAccess).length;
    expect(await send({ path: `/nowhere/${secret}?query=${secret}`, authorization: `Bearer ${secret}` })).toBe(404);
    await untilTrue('a line of the access log', () => a.logLines.filter(isAccess).length > before);
    const access = a.logLines.filter(isAccess).join('\n');
    const { worker, task } = a.connection;
    for (const text of [secret, 'nowhere', 'heartbeats', 'query', worker.keyId, worker.secret, task.taskToken]) {
      expect(access).not.toContain(text);
    }
  });
});
