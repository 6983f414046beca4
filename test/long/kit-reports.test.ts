import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { GetWorkflowExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATIONS } from '../../lambda/environment/environment.ts';
import { cancelTask, type HeldTask, startTask } from '../../local/tasks.ts';
import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { AProcess, type Ended } from '../e2e/a-process.ts';
import { startProxy } from '../e2e/a-proxy.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { isLibrary, MORE_SHELLS, WORKERS } from '../kit/worker-under-test.ts';

const COMMANDS = [...WORKERS, ...MORE_SHELLS].filter((worker) => !isLibrary(worker));
const DOMAIN = 'orders';
const TIMEOUT_SECONDS = 120;

let a: AStack;
let folder: AFolder;
/** May end tasks. */
let ending: IssuedKey;
/** May send heartbeats alone. */
let plain: IssuedKey;

beforeAll(async () => {
  folder = new AFolder();
  a = await startStack({ maxContainers: 1 });
  const request = { label: 'kit', domains: [DOMAIN], expiresAtMs: null };
  ending = await issueKey(a.target, { ...request, operations: OPERATIONS }, Date.now());
  plain = await issueKey(a.target, request, Date.now());
});
afterAll(async () => {
  await a.close();
  folder[Symbol.dispose]();
});

async function eventsOf({ workflowId, runId }: HeldTask): Promise<readonly HistoryEvent[]> {
  const command = new GetWorkflowExecutionHistoryCommand({ domain: DOMAIN, execution: { workflowId, runId } });
  return (await a.swf.send(command)).events ?? [];
}

/** What SWF knows of the task's end; undefined while it is open. */
async function endOf(task: HeldTask): Promise<object | undefined> {
  const event = (await eventsOf(task)).find(({ eventType }) =>
    /^ActivityTask(?:Completed|Failed|Canceled|TimedOut)$/.test(eventType ?? ''),
  );
  if (event === undefined) return undefined;
  const {
    eventType,
    activityTaskCompletedEventAttributes: completed,
    activityTaskFailedEventAttributes: failed,
  } = event;
  return { eventType, result: completed?.result, reason: failed?.reason, details: failed?.details };
}

interface Reporting {
  readonly task: HeldTask;
  readonly work: string;
  readonly options?: readonly string[];
  readonly key?: IssuedKey;
  readonly relayUrl?: string;
}

async function report(
  [program = '', ...first]: readonly string[],
  { task, work, options = [], key = ending, relayUrl = a.stack.relayUrl }: Reporting,
): Promise<Ended> {
  const keyFile = join(mkdtempSync(join(folder.path, 'worker-')), 'key');
  writeFileSync(keyFile, `${key.keyId}.${key.secret}\n`, { mode: 0o600 });
  const args = [...first, 'run', '--report', ...options, '--', 'sh', '-c', work];
  return new AProcess(program, args, {
    HEARTBEAT_RELAY_URL: relayUrl,
    HEARTBEAT_DOMAIN: DOMAIN,
    HEARTBEAT_KEY_FILE: keyFile,
    TASK_TOKEN: task.taskToken,
    HEARTBEAT_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
  }).ended;
}

const aTask = async (): Promise<HeldTask> => startTask(a.swf, DOMAIN, TIMEOUT_SECONDS);

/** Against the relay's own routes, and SWF's history. */
describe.each(COMMANDS)('$name run --report', ({ command, kind }) => {
  it('completes the task, with the result from its file', async () => {
    const task = await aTask();
    const result = join(folder.path, task.workflowId);
    const { exitCode, stderr } = await report(command, {
      task,
      work: `printf '12 pages' >'${result}'`,
      options: ['--result-file', result],
    });
    expect(stderr).toContain('heartbeat: reported: completed\n');
    expect(exitCode).toBe(0);
    expect(await endOf(task)).toMatchObject({ eventType: 'ActivityTaskCompleted', result: '12 pages' });
  });

  it('fails the task, with the exit code as reason', async () => {
    const task = await aTask();
    expect((await report(command, { task, work: 'exit 7' })).exitCode).toBe(7);
    expect(await endOf(task)).toMatchObject({ eventType: 'ActivityTaskFailed', reason: 'exit code 7' });
  });

  it.runIf(kind === 'node-command')('fails the task, with the end of standard error as details', async () => {
    const task = await aTask();
    const work = 'echo started >&2; echo "no paper" >&2; echo "in tray 2" >&2; exit 1';
    const { stderr } = await report(command, { task, work, options: ['--stderr-tail=2'] });
    expect(stderr).toContain('started\nno paper\nin tray 2\n');
    expect(await endOf(task)).toMatchObject({ reason: 'exit code 1', details: 'no paper\nin tray 2' });
  });

  it('cancels the task', async () => {
    const task = await aTask();
    await cancelTask(a.swf, { ...task, domain: DOMAIN });
    expect((await report(command, { task, work: 'exec sleep 600' })).exitCode).toBe(90);
    expect(await endOf(task)).toMatchObject({ eventType: 'ActivityTaskCanceled' });
  });

  it('completes the task once although the first answer is lost', async () => {
    const task = await aTask();
    let lost = 0;
    const proxy = await startProxy(a.stack.relayUrl, {
      toAnswerBody: (body) => {
        if (!body.includes('"outcome"') || lost > 0) return body;
        lost += 1;
        throw new Error('the answer is lost');
      },
    });
    const { exitCode, stderr } = await report(command, { task, work: 'true', relayUrl: proxy.url });
    await proxy.close();
    expect(lost).toBe(1);
    expect(stderr).toMatch(/heartbeat: not reported: no answer .*\nheartbeat: reported: completed\n$/);
    expect(exitCode).toBe(0);
    const completed = (await eventsOf(task)).filter(({ eventType }) => eventType === 'ActivityTaskCompleted');
    expect(completed).toHaveLength(1);
  });

  it('ends with 93 and leaves the task alone if its key may not end tasks', async () => {
    const task = await aTask();
    const { exitCode, stderr } = await report(command, { task, work: 'true', key: plain });
    expect(stderr).toMatch(
      /heartbeat: not reported: 403 DomainNotGranted: This worker key may not do this in this domain\.\nheartbeat: report given up\n$/,
    );
    expect(exitCode).toBe(93);
    expect(await endOf(task)).toBeUndefined();
  });

  it('ends nothing without the option', async () => {
    const task = await aTask();
    const [program = '', ...first] = command;
    const keyFile = join(folder.path, `key-${task.workflowId}`);
    writeFileSync(keyFile, `${ending.keyId}.${ending.secret}\n`);
    const worker = new AProcess(program, [...first, 'run', '--', 'true'], {
      HEARTBEAT_RELAY_URL: a.stack.relayUrl,
      HEARTBEAT_DOMAIN: DOMAIN,
      HEARTBEAT_KEY_FILE: keyFile,
      TASK_TOKEN: task.taskToken,
      HEARTBEAT_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
    });
    expect((await worker.ended).exitCode).toBe(0);
    expect(await endOf(task)).toBeUndefined();
  });
});
