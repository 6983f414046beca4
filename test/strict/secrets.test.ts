import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createReport } from '../../lambda/log/metrics.ts';
import { createApp } from '../../lambda/app.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import { readStartedTasks } from '../../local/held-tasks.ts';
import { TARGET } from '../lambda/workers/signed-request.ts';
import { type Cast, raiseCurtain, readStateFolder, readTables } from './secrets-cast.ts';
import { playEnds } from './secrets-ends-story.ts';
import { findMarks, type Haystack } from './secrets-marks.ts';
import { playAws, playAwsFaults, playAwsMisplaced } from './secrets-aws-story.ts';
import { playFaults, playMisplaced, playPaced, playPlain } from './secrets-story.ts';

/** The files that must hold secrets, each its own, and SWF's journal, which keeps what SWF keeps. */
const EXCEPTIONS = {
  'heartbeat-billing.json': ['foreign task token'],
  'heartbeat.json': ['task token'],
  'connection.json': ['operator secret', 'task token', 'worker secret'],
  'swf.journal': ['details', 'reason', 'result'],
  'tasks.json': ['foreign task token', 'task token'],
  'worker.header': ['bearer value', 'worker secret'],
};

/** Of the faults, those that STS itself answers with, or does not answer. */
const STS_FAILURES = 5;

let cast: Cast;

beforeAll(async () => {
  cast = await raiseCurtain();
  const { running, marks } = cast;
  const { taskToken = '' } = readStartedTasks(running.stateFolder).find(({ domain }) => domain === 'billing') ?? {};
  marks.push({ name: 'foreign task token', secret: taskToken });
});
afterAll(async () => cast.close());

/** Which marks stand where: for people to read where it is not as it must be. */
function searchAll(haystacks: readonly Haystack[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { where, mark } of findMarks(cast.marks, haystacks)) {
    found[where] = [...new Set([...(found[where] ?? []), mark])].sort();
  }
  return found;
}

/** An error of the relay's own code, whose text holds whatever it worked on. */
async function failInside(path: string): Promise<HttpResult> {
  const secret = cast.newMark('secret in an error');
  const fail = async (): Promise<never> => {
    throw Object.assign(new TypeError(secret, { cause: new Error(secret) }), { name: `Error ${secret}`, secret });
  };
  const app = createApp({
    recordKeyUse: fail,
    forward: fail,
    remember: fail,
    findTaskState: fail,
    writeLease: fail,
    verifyProof: fail,
    domains: new Map(),
    grantDomain: () => {
      throw new Error(secret);
    },
    report: createReport('strict', Date.now),
    clock: Date.now,
    random: Math.random,
  });
  const relay: { invoke(event: HttpEvent, context: object): Promise<HttpResult> } = { invoke: app };
  const { keyId, secret: workerSecret } = cast.connection.worker;
  const headers = { authorization: `Bearer ${keyId}.${workerSecret}` };
  return relay.invoke(
    {
      rawPath: path,
      rawQueryString: '',
      headers: path.endsWith('/heartbeats') ? headers : { ...headers, 'x-amz-target': TARGET },
      body: '{}',
      isBase64Encoded: false,
      requestContext: {
        domainName: 'relay.example',
        timeEpoch: Date.now(),
        requestId: 'strict',
        http: { method: 'POST' },
      },
    },
    {},
  );
}

describe('in the whole story, faults included', () => {
  it('heartbeats go as they should', async () => {
    expect(await playPlain(cast)).toEqual([200, 200, 200, 200, 200, 403, 403, 200, 400, 400, 404, 410, 200]);
  });

  it('heartbeats are paced and throttled', async () => {
    const statuses = await playPaced(cast);
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });

  it('tasks end as they should', async () => {
    const native = [400, 503, 200, 200, 410];
    const aws = [400, 400, 200, 200, 400];
    expect(await playEnds(cast)).toEqual([...native, ...aws, ...native, ...aws, ...native, ...aws]);
  });

  it('misplaced secrets are refused', async () => {
    const statuses = await playMisplaced(cast);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([400, 401, 403, 404, 405, 413, 431]));
  });

  it('the same in SWF’s own protocol, through AWS’s form of every answer', async () => {
    expect(await playAws(cast)).toEqual([200, 200, 200, 200, 400, 400, 400, 400, 400, 200]);
    const statuses = await playAwsMisplaced(cast);
    expect(new Set(statuses)).toEqual(new Set([400, 431]));
    expect(await playAwsFaults(cast)).toEqual([200, 400, 400, 400, 400]);
  });

  it('every API fails in every way', async () => {
    const statuses = await playFaults(cast);
    expect(statuses.filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
    const textsOf = (kind: string) =>
      cast.said.filter(({ name }) => name === kind).map(({ bytes }) => bytes.toString());
    const failedSessions = textsOf('observed call').filter((call) => /"AssumeRole","status":(?!200)/.test(call));
    // Each fault was met. A heartbeat that had to be sent again may meet one twice.
    expect(failedSessions.length).toBeGreaterThanOrEqual(STS_FAILURES);
    const lines = textsOf('log line');
    for (const code of ['SwfThrottled', 'SwfUnavailable', 'AuthenticationUnavailable', 'CacheWriteFailed']) {
      expect(lines.filter((line) => line.includes(`"${code}"`))).not.toEqual([]);
    }
  });

  it('the relay itself fails', async () => {
    for (const [path, status] of [
      ['/domains/orders/heartbeats', 500],
      ['/domains/orders', 400],
    ] as const) {
      const { statusCode, body } = await failInside(path);
      expect(statusCode).toBe(status);
      cast.say('answer', body);
    }
    expect(cast.said.some(({ name, bytes }) => name === 'printed' && bytes.includes('InternalError'))).toBe(true);
  });
});

describe('afterwards, a secret stands', () => {
  it('in no row of any table', async () => {
    expect(searchAll(await readTables(cast))).toEqual({});
  });

  it('in no log line, metric, access log, answer, live line, denial, or anything printed', () => {
    const kinds = new Set(cast.said.map(({ name }) => name));
    expect([...kinds].sort()).toEqual(['answer', 'denial', 'live line', 'log line', 'observed call', 'printed']);
    expect(searchAll(cast.said)).toEqual({});
  });

  it('in no file of the state folder but the five that must hold it, and in the journal of SWF', () => {
    const files = readStateFolder(cast);
    expect(files.some(({ name }) => name.startsWith('dynamodb'))).toBe(true);
    expect(searchAll(files)).toEqual(EXCEPTIONS);
  });
});
