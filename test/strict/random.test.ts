import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { startTask } from '../../local/tasks.ts';
import {
  type Container,
  type FunctionUnderTest,
  type SharedStack,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  RELAY_HOST,
} from './function-under-test.ts';
import { exchange, type WireAnswer } from './input-wire.ts';
import { findAwsFault, findFault } from './random-answers.ts';
import { AWS_PATH, findFaultOf, randomAwsRequests } from './random-aws-requests.ts';
import { chooseSeed, type Known, type RandomRequest, randomRequests, toBytes, toSent } from './random-requests.ts';
import { AWS_JSON } from './signed.ts';

const seed = chooseSeed();

let shared: SharedStack;
let known: Known;
let world: FunctionUnderTest;
let container: Container;

beforeAll(async () => {
  shared = await openSharedStack();
  const [key, otherKey] = await Promise.all([issueTo(shared, 'orders'), issueTo(shared, 'billing')]);
  const [task, otherTask] = await Promise.all([startTask(shared.swf, 'orders'), startTask(shared.swf, 'billing')]);
  known = { key, otherKey, task, otherTask, endTask: await startTask(shared.swf, 'orders') };
  world = openFunctionUnderTest(shared);
  container = world.startContainer();
});

afterAll(async () => {
  await shared.close();
});

/** The stack's own containers share the key's bucket, and their clocks differ. After 10 s without a lease it is full. */
const REFILL_MS = 15_000;

const heartbeatIsRecorded = async (): Promise<boolean> => {
  world.advance(REFILL_MS);
  const { body } = await container.heartbeat(known.key, 'orders', known.task.taskToken);
  return body['forwarded'] === true;
};

it('answers 1,000 random requests to the function, none with a 500', async () => {
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(randomRequests(known), async (request) => {
    const answer = await container.send(toSent(request));
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    expect(findFaultOf(request, answer)).toBeUndefined();
  });
  await fc.assert(property, { seed, numRuns: 1_000 });
  expect(await heartbeatIsRecorded()).toBe(true);
  // Whoever is always turned away at the door tries out nothing behind it.
  for (const status of [200, 400, 401, 403, 404, 405, 413]) expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
});

it('answers 1,000 random requests in SWF’s own protocol, always with a type that AWS’s clients know', async () => {
  const met = new Set<string>();
  const property = fc.asyncProperty(randomAwsRequests(known, RELAY_HOST), async (request) => {
    const answer = await container.send(toSent(request));
    met.add(answer.status === 200 ? 'good' : String(answer.body['__type']).replace(/.*#/, ''));
    expect(findFaultOf(request, answer)).toBeUndefined();
  });
  await fc.assert(property, { seed, numRuns: 1_000 });
  expect(await heartbeatIsRecorded()).toBe(true);
  expect([...met].filter((name) => name !== 'ThrottlingException' && name !== 'undefined').sort()).toEqual(AWS_KINDS);
});

/** Whoever is always turned away at the door tries out nothing behind it. */
const AWS_KINDS = [
  'AccessDeniedException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'OperationNotPermittedFault',
  'SerializationException',
  'UnknownOperationException',
  'UnknownResourceFault',
  'UnrecognizedClientException',
  'ValidationException',
  'good',
];

/** The gateway's own answers are `{"message"}`, and its own answer to what the function did would be a 5xx. */
function findFaultOnWire(request: RandomRequest, answer: WireAnswer | undefined): string | undefined {
  if (answer === undefined) return 'the connection ended without an answer';
  const { status, elapsedMs, headers } = answer;
  if (request.method === 'HEAD') return status < 500 ? undefined : `${status}`;
  const body: unknown = answer.body === '' ? {} : JSON.parse(answer.body);
  const members = typeof body === 'object' ? { ...body } : {};
  if (status < 500 && Object.keys(members).join('') === 'message') return undefined;
  const read = { status, elapsedMs, body: members, headers: Object.fromEntries(headers) };
  const isAws = (AWS_PATH.test(request.path) && request.method === 'POST') || headers.get('content-type') === AWS_JSON;
  return isAws ? findAwsFault(read) : findFault(read);
}

it.each([
  { what: '200 random requests', requests: () => randomRequests(known), numRuns: 200 },
  { what: '100 in SWF’s own protocol', requests: () => randomAwsRequests(known, 'localhost'), numRuns: 100 },
])('answers $what over the wire, none with a 500', async ({ requests, numRuns }) => {
  const port = Number(new URL(shared.stack.relayUrl).port);
  let recorded = 0;
  const property = fc.asyncProperty(requests(), async (request) => {
    const isHead = request.method === 'HEAD';
    const answer = await exchange(port, toBytes(request), { isHead });
    if (answer?.body.includes('cancelRequested') === true) recorded += 1;
    expect(findFaultOnWire(request, answer)).toBeUndefined();
  });
  await fc.assert(property, { seed, numRuns });
  expect(recorded).toBeGreaterThan(0);
  expect(await heartbeatIsRecorded()).toBe(true);
});
