import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type HeldTask, startTask } from '../../local/tasks.ts';
import { assertRecorded } from '../assert-recorded.ts';
import { type AStack, startStack } from './a-stack.ts';
import { type RelayAnswer, taskIdOf, type Worker } from './relay-worker.ts';
import { type RecordedHeartbeat, recordedHeartbeats } from './swf-journal.ts';

const DOMAINS = ['orders', 'billing'] as const;
const TASKS_PER_DOMAIN = 10;
const HEARTBEATS = 300;
const CONTAINERS = 3;

interface Sender {
  readonly worker: Worker;
  readonly domain: string;
  readonly task: HeldTask;
}

interface Sent extends Sender {
  readonly details: string;
  readonly answer: RelayAnswer;
}

let a: AStack;
/** Each task with the key that grants its domain. */
let senders: readonly Sender[];

beforeAll(async () => {
  a = await startStack({ maxContainers: CONTAINERS });
  const perDomain = DOMAINS.map(async (domain) => {
    const worker = await a.issue(domain);
    const count = { length: TASKS_PER_DOMAIN };
    return Promise.all(Array.from(count, async () => ({ worker, domain, task: await startTask(a.swf, domain) })));
  });
  senders = (await Promise.all(perDomain)).flat();
  await a.stack.functionHost.warm(CONTAINERS);
  // The first heartbeats of a container load its clients, which takes long where many do so at once on few processors.
  for (const domain of DOMAINS) {
    const own = senders.filter((sender) => sender.domain === domain).slice(0, CONTAINERS);
    const answers = await Promise.all(own.map(({ worker, task }) => worker.heartbeat(domain, task.taskToken, 'warm')));
    answers.forEach(assertRecorded);
  }
});
afterAll(() => a.close());

/** Sends the heartbeats of every task at once, those of one task one after the other, each with details of its own. */
async function sendAll(): Promise<Sent[]> {
  const sent = senders.map(async (sender, place) => {
    const answered: Sent[] = [];
    for (let number = place; number < HEARTBEATS; number += senders.length) {
      const details = `heartbeat ${number}`;
      const answer = await sender.worker.heartbeat(sender.domain, sender.task.taskToken, details);
      answered.push({ ...sender, details, answer });
    }
    return answered;
  });
  return (await Promise.all(sent)).flat();
}

const countCalls = (api: string, operation?: string): number =>
  a.calls.filter((call) => call.api === api && (operation === undefined || call.operation === operation)).length;

const inOrder = (heartbeats: readonly RecordedHeartbeat[]): RecordedHeartbeat[] =>
  heartbeats.toSorted((one, other) => String(one.details).localeCompare(String(other.details)));

describe('a batch of the 10 tasks of a domain', () => {
  it('is one request, and SWF records each of its heartbeats once', async () => {
    const own = senders.filter(({ domain }) => domain === 'orders');
    const details = (index: number): string => `batch ${index}`;
    const batch = own.map(({ task: { taskToken } }, index) => ({ taskToken, details: details(index) }));
    const { status, body } = (await own[0]?.worker.sendBatch('orders', [...batch, {}])) ?? { status: 0, body: {} };
    expect(status).toBe(200);
    const recorded = own.map(({ task: { taskToken } }) => ({
      status: 200,
      cancelRequested: false,
      forwarded: true,
      taskId: taskIdOf(taskToken),
    }));
    expect(body).toMatchObject({ results: [...recorded, { status: 400, detail: 'taskToken is missing.' }] });
    const ofBatch = recordedHeartbeats(a.statePath).filter((heartbeat) =>
      String(heartbeat.details).startsWith('batch'),
    );
    const expected = own.map(({ domain, task: { runId } }, index) => ({ details: details(index), domain, runId }));
    expect(inOrder(ofBatch)).toEqual(inOrder(expected));
  });
});

describe('300 heartbeats, 20 at a time, of 20 tasks in 2 domains', () => {
  let sent: readonly Sent[];
  let callsOfSwf = 0;
  beforeAll(async () => {
    const before = countCalls('swf', 'RecordActivityTaskHeartbeat');
    sent = await sendAll();
    callsOfSwf = countCalls('swf', 'RecordActivityTaskHeartbeat') - before;
  });

  it('P1: none is lost', () => {
    expect(sent).toHaveLength(HEARTBEATS);
    const lost = sent.filter(({ answer }) => answer.status !== 200 || answer.body['forwarded'] !== true);
    expect(lost.map(({ answer }) => answer)).toEqual([]);
  });

  it('P1: none is answered for another task', () => {
    const wrong = sent.filter(({ answer, task }) => answer.body['taskId'] !== taskIdOf(task.taskToken));
    expect(wrong).toEqual([]);
  });

  it('P1: each is recorded by SWF once, for its own task', () => {
    const recorded = recordedHeartbeats(a.statePath).filter(
      ({ details }) => details !== 'warm' && !String(details).startsWith('batch'),
    );
    const expected = sent.map(({ details, domain, task: { runId } }) => ({ details, domain, runId }));
    expect(inOrder(recorded)).toEqual(inOrder(expected));
    expect(callsOfSwf).toBe(HEARTBEATS);
  });

  it('takes one SWF call a heartbeat, and hardly any other', () => {
    expect(a.stack.functionHost.containerCount).toBe(CONTAINERS);
    expect(countCalls('sts', 'AssumeRole')).toBeLessThanOrEqual(CONTAINERS * DOMAINS.length);
    // Besides the function, only the operator asks KMS: for the secret and the seal of each of the three keys issued here.
    expect(countCalls('kms')).toBeLessThanOrEqual(CONTAINERS * DOMAINS.length + 6);
    const rowsAndDays = CONTAINERS * (senders.length + DOMAINS.length);
    // Of the key and of the domain: a token at first, then at least five at once.
    const leases = 2 * (CONTAINERS * DOMAINS.length + (HEARTBEATS + TASKS_PER_DOMAIN) / 5);
    expect(countCalls('dynamodb', 'UpdateItem')).toBeLessThanOrEqual(rowsAndDays + leases);
    expect(countCalls('dynamodb', 'UpdateItem')).toBeGreaterThanOrEqual(senders.length);
    expect(countCalls('sts', 'AssumeRole')).toBeGreaterThanOrEqual(DOMAINS.length);
  });
});
