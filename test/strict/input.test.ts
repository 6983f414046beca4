import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTask } from '../../local/tasks.ts';
import { assertRecorded } from '../assert-recorded.ts';
import {
  bearer,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  type Container,
  type SharedStack,
  type Sent,
} from './function-under-test.ts';
import { AWS_ROWS } from './input-aws.rows.ts';
import { BODY_ROWS } from './input-bodies.rows.ts';
import { HEADER_ROWS } from './input-headers.rows.ts';
import { TARGET_ROWS } from './input-targets.rows.ts';
import { exchange, type WireAnswer } from './input-wire.ts';
import { HEARTBEATS, RECORDED, swfCallsOf, toBytes, toSaid, type Known, type Row } from './input.rows.ts';

/** Within this every client has its answer. */
const ANSWER_MS = 4_500;

const GOOD: Row = { given: 'a good heartbeat', answer: RECORDED };

const GROUPS = [
  { about: 'a body', rows: BODY_ROWS },
  { about: 'a method or a path', rows: TARGET_ROWS },
  { about: 'headers or framing', rows: HEADER_ROWS },
  { about: 'SWF’s own protocol', rows: AWS_ROWS },
];

let shared: SharedStack;
let known: Known;
let port: number;

beforeAll(async () => {
  shared = await openSharedStack();
  port = Number(new URL(shared.stack.relayUrl).port);
  const [key, otherKey] = await Promise.all([issueTo(shared, 'orders'), issueTo(shared, 'billing')]);
  const [task, otherTask] = await Promise.all([startTask(shared.swf, 'orders'), startTask(shared.swf, 'billing')]);
  known = { key, otherKey, task, otherTask };
  await shared.stack.functionHost.warm(2);
  for (const answer of await Promise.all([said(GOOD), said(GOOD)])) {
    if (answer !== RECORDED) throw new Error(`the relay was not ready: ${answer}`);
  }
});

afterAll(async () => {
  await shared.close();
});

const countHeartbeats = (): number =>
  shared.calls.filter(({ operation }) => operation === 'RecordActivityTaskHeartbeat').length;

/** What a row speaks of. */
interface Seen {
  readonly answer: string;
  readonly allow?: string | undefined;
  readonly detail?: unknown;
}

function toSeen(answer: WireAnswer | undefined): Seen {
  if (answer === undefined) return { answer: 'nothing' };
  const members: unknown = JSON.parse(answer.body === '' ? '{}' : answer.body);
  const { detail }: { detail?: unknown } = typeof members === 'object' ? { ...members } : {};
  return { answer: toSaid(answer), allow: answer.headers.get('allow'), detail };
}

const toExpected = ({ answer, allow, detail }: Row): Seen => ({
  answer,
  ...(allow === undefined ? {} : { allow }),
  ...(detail === undefined ? {} : { detail }),
});

const said = async (row: Row): Promise<string> => toSeen(await exchange(port, toBytes(row, known), row)).answer;

it('has at least 90 rows, each of a name of its own', () => {
  const names = GROUPS.flatMap(({ rows }) => rows.map(({ given }) => given));
  expect(names.length).toBeGreaterThanOrEqual(90);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe.each(GROUPS)('$about', ({ rows }) => {
  it.each(rows)('$given: $answer', async (row) => {
    const heartbeatsBefore = countHeartbeats();
    const answer = await exchange(port, toBytes(row, known), row);
    expect(toSeen(answer)).toMatchObject(toExpected(row));
    expect(answer?.elapsedMs ?? 0).toBeLessThan(ANSWER_MS);
    const { task, otherTask, key, otherKey } = known;
    for (const secret of [task.taskToken, otherTask.taskToken, key.secret, otherKey.secret]) {
      expect(answer?.body ?? '').not.toContain(secret);
    }
    expect(await said(GOOD)).toBe(RECORDED);
    await expect.poll(countHeartbeats).toBe(heartbeatsBefore + swfCallsOf(row) + 1);
  });
});

/** What no client can make the gateway say; the function still answers it. */
const EVENTS: readonly { given: string; sent: (known: Known) => Sent; status: number; code?: string }[] = [
  {
    given: 'base64 that is none',
    sent: () => ({ body: '%%%', isBase64Encoded: true }),
    status: 400,
    code: 'MalformedRequest',
  },
  {
    given: 'base64 that is cut short',
    sent: ({ task }) => ({ body: inBase64({ taskToken: task.taskToken }).slice(0, -7), isBase64Encoded: true }),
    status: 400,
    code: 'MalformedRequest',
  },
  {
    given: 'base64 without its padding',
    sent: ({ task }) => ({ body: inBase64({ taskToken: task.taskToken }).replace(/=+$/, ''), isBase64Encoded: true }),
    status: 200,
  },
  {
    given: 'nothing in base64',
    sent: () => ({ body: '', isBase64Encoded: true }),
    status: 400,
    code: 'MalformedRequest',
  },
  {
    given: 'base64 that is said to be text',
    sent: ({ task }) => ({ body: inBase64({ taskToken: task.taskToken }) }),
    status: 400,
    code: 'MalformedRequest',
  },
  {
    given: 'a surrogate alone in text',
    sent: () => ({ body: '{"taskToken":"\ud83e"}' }),
    status: 400,
    code: 'InvalidTaskToken',
  },
  { given: 'an empty path', sent: () => ({ path: '' }), status: 404, code: 'NotFound' },
  { given: 'a path of line feeds', sent: () => ({ path: `${HEARTBEATS}\n` }), status: 404, code: 'NotFound' },
  { given: 'no method', sent: () => ({ method: '' }), status: 405, code: 'MethodNotAllowed' },
  { given: 'a method in small letters', sent: () => ({ method: 'post' }), status: 405, code: 'MethodNotAllowed' },
  {
    given: 'two keys joined by the gateway',
    sent: ({ key }) => ({ headers: { authorization: Array(2).fill(bearer(key).authorization).join(',') } }),
    status: 401,
    code: 'Unauthenticated',
  },
  {
    given: 'a header with a line feed in it',
    sent: ({ key }) => ({ headers: { authorization: `${bearer(key).authorization}\n` } }),
    status: 401,
    code: 'Unauthenticated',
  },
];

const inBase64 = (members: object): string => Buffer.from(JSON.stringify(members)).toString('base64');

describe('an event', () => {
  let container: Container;
  let good: Sent;

  beforeAll(async () => {
    const { key, task } = known;
    good = { path: HEARTBEATS, headers: bearer(key), body: JSON.stringify({ taskToken: task.taskToken }) };
    container = openFunctionUnderTest(shared).startContainer();
    assertRecorded(await container.send(good));
  });

  it.each(EVENTS)('of $given: $status $code', async ({ sent, status, code }) => {
    const answer = await container.send({ ...good, ...sent(known) });
    expect(answer.status).toBe(status);
    expect(answer.body['code']).toBe(code);
    expect((await container.send(good)).body).toMatchObject({ forwarded: true });
  });
});
