import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import type { TaskState } from '../../../lambda/tasks/task-state.ts';
import { BODIES, NATIVE_BODIES } from '../../strict/answers-rows.ts';
import { CLOSED_TEXT, ERROR_CLASSES as errors, createSwfErrors } from '../error-classes.ts';
import { createFakeBackends, createTestApp, type FakeBackends, storeRow, TASK_TOKEN, toCodes } from '../test-app.ts';
import { aKeyId, aRecordV2, NOW, toAuthorization } from '../workers/worker-key-records.ts';
import { aBatch, forwardBy, type Members, toResult, toResults } from './batches.ts';

/** Every way in which a call to SWF can end. */
const SWF = {
  'records the heartbeat': () => false,
  'asks to cancel': () => true,
  ...Object.fromEntries(
    [...createSwfErrors(), new TypeError('a bug')].map((error, index) => [
      `${index}: ${error.name}`,
      (): boolean => {
        throw error;
      },
    ]),
  ),
} satisfies Readonly<Record<string, () => boolean>>;

const ROWS: Readonly<Record<string, Partial<TaskState> | 'none' | 'unreadable'>> = {
  'no row': 'none',
  'no table': 'unreadable',
  'an open task': {},
  'a task with a cancel request': { cancelRequested: true },
  'a task that had a heartbeat just now': { acceptedAtMs: NOW - 1_000 },
  'a closed task': { state: 'closed', closedText: CLOSED_TEXT },
};

const MEMBERS: Readonly<Record<string, Members>> = {
  'without T': { taskToken: TASK_TOKEN, details: '42 %' },
  'with T': { taskToken: TASK_TOKEN, heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 },
};

interface Cell {
  readonly swf?: () => boolean;
  readonly row?: Partial<TaskState> | 'none' | 'unreadable';
  readonly headers?: HttpEvent['headers'];
  /** How often the heartbeat was sent before, so that what a container remembers answers. */
  readonly sentBefore?: number;
}

/** What an event is told, and what it did to everything else. */
async function play(event: Partial<HttpEvent>, { swf = () => false, row = 'none', headers, sentBefore = 0 }: Cell) {
  const backends: FakeBackends = { ...createFakeBackends(), swf };
  backends.keys.push(aRecordV2({ rate: 1 }, aKeyId(7)));
  if (row === 'unreadable') Object.assign(backends, { isCacheReadable: false, isCacheWritable: false });
  else if (row !== 'none') storeRow(backends, row);
  const call = createTestApp(backends);
  const sent = headers === undefined ? event : { ...event, headers };
  for (let before = 0; before < sentBefore; before += 1) await call(sent);
  const answer = await call(sent);
  const { forwarded, rows, cacheReads, reports } = backends;
  const codes = reports.flatMap(({ outcome }) => toCodes(outcome));
  const traces = reports.flatMap(({ outcome, trace }) =>
    outcome.kind === 'batch' ? outcome.entries.map((entry) => entry.trace) : [trace],
  );
  const traced = traces.map(({ domain, keyId, taskId, sideEvents }) => ({
    domain,
    keyId,
    taskId,
    sideEvents: [...sideEvents],
  }));
  return { answer, effects: { forwarded, rows, cacheReads, codes, traced } };
}

/** What both ways of sending came to, to be compared. */
async function playBoth(members: unknown, cell: Cell) {
  const single = await play({ body: JSON.stringify(members) }, cell);
  const batch = await play(aBatch(members), cell);
  return {
    alone: { results: [toResult(single.answer)], effects: single.effects },
    together: { results: toResults(batch.answer), effects: batch.effects },
  };
}

const CELLS = Object.entries(SWF).flatMap(([says, swf]) =>
  Object.entries(ROWS).flatMap(([stored, row]) =>
    Object.entries(MEMBERS).map(([declared, members]) => ({ says, stored, declared, members, swf, row })),
  ),
);

describe('an entry of a batch is told what it would be told alone, and does the same', () => {
  it.each(CELLS)('$declared, $stored, SWF: $says', async ({ members, swf, row }) => {
    const { alone, together } = await playBoth(members, { swf, row });
    expect(together).toEqual(alone);
  });

  it.each(Object.entries(SWF))('from memory, after two more of them. SWF: %s', async (_says, swf) => {
    for (const members of Object.values(MEMBERS)) {
      const { alone, together } = await playBoth(members, { swf, sentBefore: 2 });
      expect(together).toEqual(alone);
    }
  });

  it.each(Object.entries(ROWS))('if the tokens of its key are used up, with %s', async (_stored, row) => {
    const headers = { authorization: toAuthorization(aRecordV2({ rate: 1 }, aKeyId(7))) };
    const { alone, together } = await playBoth(MEMBERS['without T'], { headers, row, sentBefore: 12 });
    expect(together).toEqual(alone);
  });

  const invalid = [...BODIES, ...NATIVE_BODIES].flatMap(([given, body]) => {
    const text = String(body);
    return text.startsWith('{') ? [{ given, members: JSON.parse(text) as unknown }] : [];
  });

  it.each(invalid)('if it is invalid: $given', async ({ members }) => {
    const { alone, together } = await playBoth(members, {});
    expect(together).toEqual(alone);
  });
});

describe('a batch of random heartbeats', () => {
  const seconds = fc.oneof(fc.integer({ min: -1, max: 400 }), fc.constantFrom(null, '300', 1.5, 1e9));
  const heartbeat = fc.record(
    {
      taskToken: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('ok', 'cancel', 'closed', 'foreign', 'bad', 'down', 'bug') },
        fc.constantFrom('', null, 1, '\ud800'),
      ),
      details: fc.oneof(fc.string(), fc.constantFrom(null, 1, 'x'.repeat(2_049))),
      heartbeatTimeoutSeconds: seconds,
      nextHeartbeatSeconds: seconds,
    },
    { requiredKeys: [] },
  );
  const entry = fc.oneof({ weight: 5, arbitrary: heartbeat }, fc.jsonValue());

  const answers: Readonly<Record<string, Error>> = {
    closed: new errors.TaskNotOpenError(CLOSED_TEXT),
    foreign: new errors.TaskNotInDomainError(),
    bad: new errors.InvalidTaskTokenError(),
    down: new errors.SwfUnavailableError(),
    bug: new TypeError('a bug'),
  };
  const anApp = () => {
    const backends = createFakeBackends();
    const forward = forwardBy(backends, (taskToken) => {
      const error = answers[taskToken];
      if (error !== undefined) throw error;
      return taskToken === 'cancel';
    });
    return createTestApp(backends, { forward });
  };
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

  it('is told what its heartbeats would be told one after the other', async () => {
    const property = fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 12 }), async (entries) => {
      const [alone, together] = [anApp(), anApp()];
      const expected: Members[] = [];
      for (const sent of entries) expected.push(toResult(await alone({ body: JSON.stringify(sent) })));
      const results = toResults(await together(aBatch(...entries)));
      // Only what is no object is worded differently.
      const reworded = { detail: 'The body must be a JSON object.' };
      const worded = results.map((result, index) =>
        isObject(entries[index]) ? result : Object.assign(result, reworded),
      );
      expect(worded).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('never breaks the relay, whatever the body is', async () => {
    const body = fc.oneof(
      fc.jsonValue().map((heartbeats) => JSON.stringify({ heartbeats })),
      fc.record({ heartbeats: fc.array(entry), taskToken: fc.jsonValue() }).map((members) => JSON.stringify(members)),
      fc.string().map((text) => `{"heartbeats":${text}`),
    );
    const call = anApp();
    const property = fc.asyncProperty(body, async (sent) => {
      const { statusCode } = await call({ body: sent });
      expect([200, 400]).toContain(statusCode);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
