import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readStartedTasks } from '../../local/held-tasks.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { act, type AConsole, readEvents, secretsOf, send, startAConsole } from './a-console.ts';

let console: AConsole;

beforeAll(async () => {
  console = await startAConsole();
});
afterAll(async () => console[Symbol.asyncDispose]());

const JSON_TYPE = { 'content-type': 'application/json' };
const FAULTS = { method: 'POST', path: '/actions/faults', body: '{"rules":[]}' };

it('lets a page load only what the console itself serves, and no other page may show it in a frame', async () => {
  const { headers } = await send(console.url, {});
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
  expect(headers).toMatchObject({
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
});

it.each([
  { from: 'a foreign origin', headers: { origin: 'https://evil.example' } },
  { from: 'another port', headers: { origin: 'http://127.0.0.1:1' } },
  { from: 'a foreign host', headers: { host: 'evil.example' } },
  { from: 'a foreign site', headers: { 'sec-fetch-site': 'cross-site' } },
  { from: 'a page of another port', headers: { 'sec-fetch-site': 'same-site' } },
  { from: 'a foreign frame', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' } },
])('refuses $from', async ({ headers }) => {
  for (const sent of [{}, { path: '/console.js' }, { path: '/events' }, FAULTS]) {
    expect((await send(console.url, { ...sent, headers: { ...JSON_TYPE, ...headers } })).status).toBe(403);
  }
});

it.each([
  { given: 'a form', sent: { ...FAULTS, headers: { 'content-type': 'text/plain' } }, status: 415 },
  { given: 'GET for an action', sent: { path: FAULTS.path }, status: 405 },
  { given: 'POST for the page', sent: { method: 'POST' }, status: 405 },
  { given: 'no JSON', sent: { ...FAULTS, headers: JSON_TYPE, body: '{' }, status: 400 },
  { given: 'a bad rule', sent: { ...FAULTS, headers: JSON_TYPE, body: '{"rules":["x"]}' }, status: 400 },
  { given: 'another path', sent: { path: '/../package.json' }, status: 404 },
])('refuses $given', async ({ sent, status }) => {
  expect((await send(console.url, sent)).status).toBe(status);
});

it.each([
  { action: 'cancel', body: { taskId: 'x' }, says: 'The token of this task is not known on this machine.' },
  { action: 'start', body: { domain: 'elsewhere', heartbeatTimeoutSeconds: 60 }, says: 'does not declare this domain' },
  { action: 'start', body: { domain: 'orders', heartbeatTimeoutSeconds: 0.5 }, says: 'is a whole number of seconds' },
])('says why it does not $action: $says', async ({ action, body, says }) => {
  const answer = await act(console.url, action, body);
  expect(answer.status).toBe(400);
  expect(answer.body).toContain(says);
});

it('has an address that the command console prints', async () => {
  const { path } = console.running.stateFolder;
  const { stdout, exitCode } = await runProgram(['console', '--state', path]);
  expect({ stdout, exitCode }).toEqual({ stdout: `${console.url}\n`, exitCode: 0 });
});

const SNAPSHOT = z.object({
  tasks: z.array(z.object({ workflowId: z.string(), state: z.string(), taskId: z.string().optional() })),
  faults: z.array(z.string()),
});

/** The first snapshot in which a task has a state, and everything that came before it. */
async function untilState(workflowId: string, state: string) {
  const find = (received: string) => {
    const last = received.split('event: snapshot\ndata: ').at(-1)?.split('\n')[0] ?? '';
    const { tasks, faults } = SNAPSHOT.safeParse(last.startsWith('{') ? JSON.parse(last) : {}).data ?? {};
    const task = tasks?.find((shown) => shown.workflowId === workflowId && shown.state === state);
    return task === undefined ? undefined : { ...task, faults, received };
  };
  const found = find(await readEvents(console.url, (received) => find(received) !== undefined));
  if (found === undefined) throw new Error(`${workflowId} was not ${state}`);
  return found;
}

async function startTask(heartbeatTimeoutSeconds: number): Promise<string> {
  const { body } = await act(console.url, 'start', { domain: 'billing', heartbeatTimeoutSeconds });
  return /^Started (?<workflowId>\S+) in billing\.$/.exec(body)?.groups?.['workflowId'] ?? body;
}

describe('the story of a task', () => {
  it('is told by the buttons alone, and faults are for the relay only', async () => {
    const workflowId = await startTask(600);
    const { taskId } = await untilState(workflowId, 'started');
    const press = async (action: string, body: object = {}): Promise<string> =>
      (await act(console.url, action, { taskId, ...body })).body;
    const heartbeat = async (): Promise<string> => press('heartbeat', { details: '42 %' });
    expect(await heartbeat()).toBe(`Heartbeat of ${workflowId}: the relay answered 200 cancelRequested false.`);
    expect(await press('cancel')).toContain(`Requested the cancellation of ${workflowId}.`);
    expect(await heartbeat()).toContain('200 cancelRequested true');
    expect((await act(console.url, 'faults', { rules: ['swf=error', 'dynamodb=error'] })).body).toBe(
      'Set swf=error dynamodb=error.',
    );
    const { received, faults } = await untilState(workflowId, 'started');
    expect(faults).toEqual(['swf=error', 'dynamodb=error']);
    expect(received).toContain('"details":"42 %"');
    expect(await press('complete')).toBe(`Completed ${workflowId}.`);
    expect((await act(console.url, 'faults', { rules: [] })).body).toBe('Removed every fault.');
    expect((await untilState(workflowId, 'completed')).faults).toEqual([]);
    expect(await act(console.url, 'heartbeat', { taskId, details: '42 %' })).toMatchObject({
      status: 400,
      body: `Heartbeat of ${workflowId}: the relay answered 410 TaskNotOpen.`,
    });
  });

  it('ends as canceled', async () => {
    const workflowId = await startTask(600);
    const { taskId } = await untilState(workflowId, 'started');
    expect(await act(console.url, 'cancel', { taskId })).toMatchObject({ status: 200 });
    const { body } = await act(console.url, 'end-as-canceled', { taskId });
    expect(body).toBe(`Ended ${workflowId} as canceled.`);
    expect((await untilState(workflowId, 'canceled')).state).toBe('canceled');
  });

  it('ends when the task times out', async () => {
    expect((await untilState(await startTask(1), 'timed out')).state).toBe('timed out');
  });
});

it('shows the outcome of a foreign task’s heartbeat, and IAM’s sentence', async () => {
  const foreign = readStartedTasks(console.running.stateFolder).find(({ domain }) => domain === 'billing');
  await console.worker.heartbeat('orders', foreign?.taskToken ?? '');
  const received = await readEvents(console.url, (events) => events.includes('TaskNotInDomain'));
  expect(received).toMatch(/"status":403,"outcome":"TaskNotInDomain"/);
  expect(received).toMatch(/is not authorized to perform: swf:RecordActivityTaskHeartbeat/);
});

it('sends a page no task token, secret or credential', async () => {
  await startTask(600);
  await console.worker.heartbeat('orders', console.connection.task.taskToken);
  const files = await Promise.all(
    ['/', '/console.js', '/console.css', '/icon.svg'].map(async (path) => send(console.url, { path })),
  );
  expect(files.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const events = await readEvents(console.url, (text) => /^event: feed/m.test(text) && /^event: snapshot/m.test(text));
  expect(events).toContain(console.connection.worker.keyId);
  const received = [...files.map(({ body }) => body), events].join('\n');
  expect(secretsOf(console).filter((secret) => received.includes(secret))).toEqual([]);
  expect(received).not.toMatch(/A[KS]IA[A-Z0-9]{12}/);
});
