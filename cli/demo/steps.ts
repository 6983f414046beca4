import { setTimeout as sleep } from 'node:timers/promises';

import { GetWorkflowExecutionHistoryCommand, type SWFClient } from '@aws-sdk/client-swf';

import type { Denial } from '../../local/aws/access.ts';
import type { Connection } from '../../local/connection.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { cancelTask, type HeldTask, startTask } from '../../local/tasks.ts';

/** A step did not go as the story says. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** What the steps run on. */
export interface Stage {
  readonly stack: LocalStack;
  readonly connection: Connection;
  readonly swf: SWFClient;
  /** IAM's denials so far. */
  readonly denials: readonly Denial[];
}

interface Step {
  readonly name: string;
  /** Resolves to what was seen. Throws if that is not what the story says. */
  readonly act: (stage: Stage) => Promise<string>;
}

interface HeartbeatAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const OWN = 'orders';
const FOREIGN = 'billing';

/**
 * Short, so that a person can watch a task stay alive and then time out. Yet a busy machine may take seconds for a
 * heartbeat, and the task outlives them.
 */
const HEARTBEAT_TIMEOUT_SECONDS = 5;
const HEARTBEATS_BEFORE_SILENCE = 5;
const HEARTBEAT_INTERVAL_MS = 1_200;
const TIMEOUT_SEEN_WITHIN_MS = 30_000;

/** A busy machine starts the function slowly. The gateway, or the relay itself, then answers 503, and a worker tries again. */
const ANSWERED_WITHIN_MS = 30_000;
const RETRY_INTERVAL_MS = 200;

export const STEPS: readonly Step[] = [
  { name: 'heartbeat', act: heartbeatIsRecorded },
  { name: 'cancel', act: cancelComesBack },
  { name: 'other domain', act: otherDomainIsRefused },
  { name: 'outage', act: cancelOutlivesOutage },
  { name: 'timeout', act: silenceClosesTask },
];

async function heartbeatIsRecorded(stage: Stage): Promise<string> {
  const { status, body } = await sendHeartbeat(stage, OWN, stage.connection.task);
  expect(status === 200 && body['forwarded'] === true, `SWF did not record the heartbeat: ${JSON.stringify(body)}`);
  return `a worker without AWS keys: ${JSON.stringify(body)}`;
}

async function cancelComesBack(stage: Stage): Promise<string> {
  await cancelTask(stage.swf, { ...stage.connection.task, domain: OWN });
  const { body } = await sendHeartbeat(stage, OWN, stage.connection.task);
  expect(body['cancelRequested'] === true, `the cancel request did not come back: ${JSON.stringify(body)}`);
  return 'the decider asked SWF to cancel, and the next heartbeat says "cancelRequested": true';
}

async function otherDomainIsRefused(stage: Stage): Promise<string> {
  const task = await startTask(stage.swf, FOREIGN);
  const byIam = await sendHeartbeat(stage, OWN, task);
  const denial = stage.denials.at(-1);
  const byGrant = await sendHeartbeat(stage, FOREIGN, task);
  expect(
    byIam.body['code'] === 'TaskNotInDomain' && denial !== undefined,
    'IAM accepted a task token of another domain',
  );
  expect(byGrant.body['code'] === 'DomainNotGranted', 'the grant check accepted another domain');
  return `a task token of ${FOREIGN}: IAM refuses it on /domains/${OWN} (${byIam.status}), the grant check on /domains/${FOREIGN} (${byGrant.status})`;
}

async function cancelOutlivesOutage(stage: Stage): Promise<string> {
  const other = await startTask(stage.swf, OWN);
  stage.stack.faults.set(['swf=error']);
  await stage.stack.functionHost.replaceContainers();
  const known = await sendHeartbeat(stage, OWN, stage.connection.task);
  const unknown = await sendHeartbeat(stage, OWN, other, { isFinal: isSwfUnavailable });
  stage.stack.faults.set([]);
  expect(known.body['cancelRequested'] === true && known.body['forwarded'] === false, 'the cancel request was lost');
  expect(unknown.status === 503, `a heartbeat that SWF did not record was answered ${unknown.status}`);
  return 'SWF fails and the container is new: the cancel request is still known, and any other heartbeat gets 503, never false';
}

async function silenceClosesTask(stage: Stage): Promise<string> {
  const task = await startTask(stage.swf, OWN, HEARTBEAT_TIMEOUT_SECONDS);
  for (let count = 1; count <= HEARTBEATS_BEFORE_SILENCE; count += 1) {
    const { status } = await sendHeartbeat(stage, OWN, task, { details: `${count * 20} %` });
    expect(status === 200, `heartbeat ${count} was answered ${status}`);
    await sleep(HEARTBEAT_INTERVAL_MS);
  }
  const { timeoutType, details } = await findTimeout(stage.swf, task);
  const { body } = await sendHeartbeat(stage, OWN, task);
  expect(timeoutType === 'HEARTBEAT' && details === '100 %', `SWF's history says ${timeoutType}, ${details}`);
  expect(body['code'] === 'TaskNotOpen', `a closed task was answered ${JSON.stringify(body)}`);
  return `${HEARTBEATS_BEFORE_SILENCE} heartbeats kept a ${HEARTBEAT_TIMEOUT_SECONDS} s task alive, silence timed it out with the last details, "${details}", and a late heartbeat gets 410`;
}

interface SendOptions {
  readonly details?: string;
  /** Whether this 503 is the one that is expected. Every other means that the relay, or what it reads, was too slow. */
  readonly isFinal?: (answer: HeartbeatAnswer) => boolean;
}

const isSwfUnavailable = ({ body }: HeartbeatAnswer): boolean => body['code'] === 'SwfUnavailable';

/** Tries again after a 503, as a worker does. */
async function sendHeartbeat(
  stage: Stage,
  domain: string,
  task: Pick<HeldTask, 'taskToken'>,
  { details = '42 %', isFinal = () => false }: SendOptions = {},
): Promise<HeartbeatAnswer> {
  const send = async (): Promise<HeartbeatAnswer> => sendOnce(stage, domain, task, details);
  return sendUntil(send, (answer) => answer.status !== 503 || isFinal(answer));
}

/** Resolves to the first answer that is final, or to the last one in time. */
async function sendUntil(
  send: () => Promise<HeartbeatAnswer>,
  isFinal: (answer: HeartbeatAnswer) => boolean,
): Promise<HeartbeatAnswer> {
  const endsAtMs = Date.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    const answer = await send();
    if (isFinal(answer) || Date.now() >= endsAtMs) return answer;
    await sleep(RETRY_INTERVAL_MS);
  }
}

async function sendOnce(
  { connection: { relayUrl, worker } }: Stage,
  domain: string,
  { taskToken }: Pick<HeldTask, 'taskToken'>,
  details: string,
): Promise<HeartbeatAnswer> {
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
  throw new StepError('SWF did not time the task out');
}

function expect(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new StepError(otherwise);
}
