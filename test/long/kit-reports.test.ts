import { writeFileSync } from 'node:fs';

import { GetWorkflowExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATIONS } from '../../lambda/environment.ts';
import type { RunningServer } from '../../local/listen.ts';
import { cancelTask, type HeldTask, startTask } from '../../local/tasks.ts';
import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { type Ended, runProgram, SEARCH_PATH } from '../clients/program.ts';
import { AFolder } from '../e2e/a-folder.ts';
import { startProxy } from '../e2e/a-proxy.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { isLibrary, MORE_SHELLS, WORKERS, type WorkerUnderTest } from '../kit/worker-under-test.ts';

/** Long enough for a busy machine. */
const HEARTBEAT_TIMEOUT_SECONDS = 120;
const DOMAIN = 'orders';
const COMMANDS = [...WORKERS, ...MORE_SHELLS].filter((worker) => !isLibrary(worker));

let a: AStack;
/** May end tasks. */
let key: IssuedKey;
/** May not. */
let heartbeatKey: IssuedKey;
const folder = new AFolder();

beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  const request = { label: 'test', domains: [DOMAIN], expiresAtMs: null };
  key = await issueKey(a.target, { ...request, operations: OPERATIONS }, Date.now());
  heartbeatKey = await issueKey(a.target, request, Date.now());
});
afterAll(async () => {
  await a.close();
  folder[Symbol.dispose]();
});

const startHeldTask = (): Promise<HeldTask> => startTask(a.swf, DOMAIN, HEARTBEAT_TIMEOUT_SECONDS);

interface Run {
  readonly task: HeldTask;
  readonly work: string;
  readonly options?: readonly string[];
  readonly with?: IssuedKey;
  readonly relayUrl?: string;
}

/** A command of the kit does this work for the task, to its end. */
async function run({ command: [program = '', ...first] }: WorkerUnderTest, given: Run): Promise<Ended> {
  const { task, work, options = ['--report'], with: { keyId, secret } = key, relayUrl = a.stack.relayUrl } = given;
  return runProgram(program, [...first, 'run', ...options, '--', 'sh', '-c', work], {
    PATH: SEARCH_PATH,
    HEARTBEAT_RELAY_URL: relayUrl,
    HEARTBEAT_DOMAIN: DOMAIN,
    HEARTBEAT_KEY: `${keyId}.${secret}`,
    TASK_TOKEN: task.taskToken,
    HEARTBEAT_TIMEOUT_SECONDS: String(HEARTBEAT_TIMEOUT_SECONDS),
  });
}

/** What SWF's history says about the end of the task. */
async function endsOf({ workflowId, runId }: HeldTask): Promise<readonly object[]> {
  const execution = { workflowId, runId };
  const { events = [] } = await a.swf.send(new GetWorkflowExecutionHistoryCommand({ domain: DOMAIN, execution }));
  return events.flatMap(toEnd);
}

function toEnd(event: HistoryEvent): readonly object[] {
  const {
    eventType,
    activityTaskCompletedEventAttributes: completed,
    activityTaskFailedEventAttributes: failed,
  } = event;
  if (completed !== undefined) return [{ eventType, result: completed.result }];
  if (failed !== undefined) return [{ eventType, reason: failed.reason }];
  return event.activityTaskCanceledEventAttributes === undefined ? [] : [{ eventType }];
}

const lastLine = ({ stderr }: Ended): string | undefined => stderr.trimEnd().split('\n').at(-1);

/** The first answer to an end gets lost on its way. */
async function startLossyProxy(): Promise<RunningServer & { readonly ends: () => number }> {
  let ends = 0;
  const proxy = await startProxy(a.stack.relayUrl, {
    toAnswerBody: (body) => {
      if (!body.includes('"closed"')) return body;
      ends += 1;
      if (ends === 1) throw new Error('lost');
      return body;
    },
  });
  return { ...proxy, ends: () => ends };
}

describe.each(COMMANDS)('$name --report, against a stack', (worker) => {
  it('completes the task with the result that the work left', async () => {
    const task = await startHeldTask();
    const file = `${folder.path}/${task.workflowId}`;
    writeFileSync(file, '');
    const work = `printf '12 "pages"\\n\\303\\244\\\\' >'${file}'`;
    const ended = await run(worker, { task, work, options: ['--report', '--result-file', file] });
    expect({ exitCode: ended.exitCode, line: lastLine(ended) }).toEqual({
      exitCode: 0,
      line: 'heartbeat: reported: completed',
    });
    expect(await endsOf(task)).toEqual([{ eventType: 'ActivityTaskCompleted', result: '12 "pages"\nä\\' }]);
  });

  it('fails the task with the exit code as its reason', async () => {
    const task = await startHeldTask();
    const ended = await run(worker, { task, work: 'exit 7' });
    expect({ exitCode: ended.exitCode, line: lastLine(ended) }).toEqual({
      exitCode: 7,
      line: 'heartbeat: reported: failed',
    });
    expect(await endsOf(task)).toEqual([{ eventType: 'ActivityTaskFailed', reason: 'exit code 7' }]);
  });

  it('cancels the task once its work has ended', async () => {
    const task = await startHeldTask();
    await cancelTask(a.swf, { ...task, domain: DOMAIN });
    const ended = await run(worker, { task, work: 'exec sleep 3600' });
    expect({ exitCode: ended.exitCode, line: lastLine(ended) }).toEqual({
      exitCode: 90,
      line: 'heartbeat: reported: canceled',
    });
    expect(await endsOf(task)).toEqual([{ eventType: 'ActivityTaskCanceled' }]);
  });

  it('ends the task once, although the answer gets lost', async () => {
    const task = await startHeldTask();
    const proxy = await startLossyProxy();
    const ended = await run(worker, { task, work: 'exit 0', relayUrl: proxy.url });
    await proxy.close();
    expect({ exitCode: ended.exitCode, ends: proxy.ends() }).toEqual({ exitCode: 0, ends: 2 });
    expect(await endsOf(task)).toEqual([{ eventType: 'ActivityTaskCompleted', result: undefined }]);
  });

  it('leaves the task open and says so if the key may only send heartbeats', async () => {
    const task = await startHeldTask();
    const ended = await run(worker, { task, work: 'exit 0', with: heartbeatKey });
    expect({ exitCode: ended.exitCode, line: lastLine(ended) }).toEqual({
      exitCode: 93,
      line: 'heartbeat: report given up',
    });
    expect(await endsOf(task)).toEqual([]);
  });

  it('leaves the task open unless it is told to report', async () => {
    const task = await startHeldTask();
    expect(await run(worker, { task, work: 'exit 0', options: [] })).toMatchObject({ exitCode: 0 });
    expect(await endsOf(task)).toEqual([]);
  });
});
