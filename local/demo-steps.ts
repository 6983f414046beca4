import { setTimeout as sleep } from 'node:timers/promises';

import { GetWorkflowExecutionHistoryCommand, type SWFClient } from '@aws-sdk/client-swf';

import type { Connection } from '../cli/connection.ts';
import type { Denial } from './aws/access.ts';
import type { LocalStack } from './local-stack.ts';
import { cancelTask, type HeldTask, startTask } from './tasks.ts';

/** What the story is played on. */
export interface Stage {
  readonly stack: LocalStack;
  readonly connection: Connection;
  readonly swf: SWFClient;
  /** IAM's denials, as they come. */
  readonly denials: readonly Denial[];
}

interface Step {
  readonly name: string;
  /** Resolves to what was seen; throws where it was something else. */
  readonly act: (stage: Stage) => Promise<string>;
}

interface BeatAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const OWN = 'orders';
const FOREIGN = 'billing';

/** Short, so that keeping a task alive and letting it time out can be watched. */
const HEARTBEAT_TIMEOUT_SECONDS = 3;
const BEATS_KEPT_ALIVE = 5;
const BEAT_INTERVAL_MS = 1_000;
const TIMEOUT_SEEN_WITHIN_MS = 10_000;

export const STEPS: readonly Step[] = [
  { name: 'beat', act: beatIsRecorded },
  { name: 'cancel', act: cancelComesBack },
  { name: 'trespass', act: trespassIsRefused },
  { name: 'outage', act: cancelOutlivesOutage },
  { name: 'timeout', act: silenceClosesTask },
];

async function beatIsRecorded(stage: Stage): Promise<string> {
  const { status, body } = await beat(stage, OWN, stage.connection.task);
  expect(status === 200 && body['forwarded'] === true, `SWF did not record the beat: ${JSON.stringify(body)}`);
  return `a worker without AWS keys: ${JSON.stringify(body)}`;
}

async function cancelComesBack(stage: Stage): Promise<string> {
  await cancelTask(stage.swf, { ...stage.connection.task, domain: OWN });
  const { body } = await beat(stage, OWN, stage.connection.task);
  expect(body['cancelRequested'] === true, `the cancel request did not come back: ${JSON.stringify(body)}`);
  return 'the decider asked SWF to cancel, the next beat says "cancelRequested": true';
}

async function trespassIsRefused(stage: Stage): Promise<string> {
  const task = await startTask(stage.swf, FOREIGN);
  const byIam = await beat(stage, OWN, task);
  const denial = stage.denials.at(-1);
  const byGrant = await beat(stage, FOREIGN, task);
  expect(byIam.body['code'] === 'TaskNotInDomain' && denial !== undefined, 'IAM let a foreign task token pass');
  expect(byGrant.body['code'] === 'DomainNotGranted', 'the grant check let a foreign domain pass');
  return `a task token of ${FOREIGN}: on /domains/${OWN} ${byIam.status} by IAM, on /domains/${FOREIGN} ${byGrant.status} by the grant`;
}

async function cancelOutlivesOutage(stage: Stage): Promise<string> {
  const other = await startTask(stage.swf, OWN);
  stage.stack.faults.set(['swf=error']);
  await stage.stack.functionHost.replaceContainers();
  const known = await beat(stage, OWN, stage.connection.task);
  const unknown = await beat(stage, OWN, other);
  stage.stack.faults.set([]);
  expect(known.body['cancelRequested'] === true && known.body['forwarded'] === false, 'the cancel request was lost');
  expect(unknown.status === 503, `a beat that SWF did not record was answered ${unknown.status}`);
  return 'SWF fails and the container is new: the cancel request is still known, any other beat is 503, never false';
}

async function silenceClosesTask(stage: Stage): Promise<string> {
  const task = await startTask(stage.swf, OWN, HEARTBEAT_TIMEOUT_SECONDS);
  for (let count = 1; count <= BEATS_KEPT_ALIVE; count += 1) {
    const { status } = await beat(stage, OWN, task, `${count * 20} %`);
    expect(status === 200, `beat ${count} was answered ${status}`);
    await sleep(BEAT_INTERVAL_MS);
  }
  const { timeoutType, details } = await findTimeout(stage.swf, task);
  const { body } = await beat(stage, OWN, task);
  expect(timeoutType === 'HEARTBEAT' && details === '100 %', `SWF's history says ${timeoutType}, ${details}`);
  expect(body['code'] === 'TaskNotOpen', `a closed task was answered ${JSON.stringify(body)}`);
  return `${BEATS_KEPT_ALIVE} beats kept a ${HEARTBEAT_TIMEOUT_SECONDS} s task alive, silence closed it at "${details}", a late beat is 410`;
}

async function beat(
  { connection: { relayUrl, worker } }: Stage,
  domain: string,
  { taskToken }: Pick<HeldTask, 'taskToken'>,
  details = '42 %',
): Promise<BeatAnswer> {
  const response = await fetch(`${relayUrl}/domains/${domain}/heartbeats`, {
    method: 'POST',
    headers: { authorization: `Bearer ${worker.keyId}.${worker.secret}` },
    body: JSON.stringify({ taskToken, details }),
  });
  const body: unknown = await response.json();
  return { status: response.status, body: { ...(typeof body === 'object' ? body : {}) } };
}

async function findTimeout(swf: SWFClient, { workflowId, runId }: HeldTask) {
  const command = new GetWorkflowExecutionHistoryCommand({ domain: OWN, execution: { workflowId, runId } });
  const endsAtMs = Date.now() + TIMEOUT_SEEN_WITHIN_MS;
  while (Date.now() < endsAtMs) {
    const { events = [] } = await swf.send(command);
    const timedOut = events.find(({ eventType }) => eventType === 'ActivityTaskTimedOut');
    if (timedOut !== undefined) return { ...timedOut.activityTaskTimedOutEventAttributes };
    await sleep(100);
  }
  throw new Error('SWF did not time the task out');
}

function expect(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise);
}
