import { expect } from 'vitest';

import { answer, problem, recorded, recordedUnpaced, type Reply } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import { KEY, OTHER_KEY, TASK_TOKEN } from '../scene.ts';
import type { Situation } from '../situation.ts';

const RECORDED = 'heartbeat: recorded';

/** An answer that is not a relay's: the work goes on, and the next heartbeat is sent. */
const survived = (name: string, reply: Reply, printed: string, isExpensive = false): Situation => ({
  name,
  timeoutSeconds: 30,
  relay: inTurn(reply, recorded()),
  work: 'wait_for_go',
  meanwhile: async (scene) => {
    await scene.prints(RECORDED);
    scene.go();
  },
  exitCode: 0,
  prints: [`heartbeat: not recorded: ${printed}`, RECORDED],
  isExpensive,
});

const HTML = '<html><body>Please sign in</body></html>';
const html = { 'content-type': 'text/html' };
const json = { 'content-type': 'application/json' };

/** A key as somebody may paste or save it. */
const acceptsKey = (name: string, keyFileContent: string, isExpensive = false): Situation => ({
  name: `accepts ${name}`,
  timeoutSeconds: 30,
  relay: inTurn(recorded()),
  keyFileContent,
  work: 'wait_for_go',
  meanwhile: async (scene) => {
    await scene.prints(RECORDED);
    scene.go();
  },
  exitCode: 0,
  prints: [RECORDED],
  afterwards: ({ relay }) => expect(relay.received[0]?.authorization).toBe(`Bearer ${KEY}`),
  isExpensive,
});

/** What comes back in place of a heartbeat's answer, and what a worker sends. */
export const ANSWERS: readonly Situation[] = [
  survived(
    'is not fooled by a captive portal that answers 200 with HTML',
    answer(200, HTML, html),
    '200 not from a relay',
  ),
  survived('is not fooled by a 410 that is not from a relay', answer(410, HTML, html), '410', true),
  survived('is not fooled by JSON that is not an object', answer(200, '[true]', json), '200 not from a relay', true),
  survived('is not fooled by an empty object', answer(200, '{}', json), '200 not from a relay', true),
  survived('is not fooled by a null', answer(200, 'null', json), '200 not from a relay', true),
  survived(
    'is not fooled by an endless answer',
    answer(200, '['.repeat(1_000_000), json),
    '200 not from a relay',
    true,
  ),
  survived('goes on after a 500 without a body', answer(500, ''), '500', true),
  survived(
    'goes on after a refusal, and says why without what may be a secret',
    answer(
      403,
      JSON.stringify({ code: 'TaskNotInDomain', detail: `Né, ${KEY} is ${TASK_TOKEN}. ${'Go on. '.repeat(30)}"x` }),
    ),
    `403 TaskNotInDomain: ${`N,  is  ${'Go on. '.repeat(30)}`.slice(0, 150)}`,
  ),
  {
    name: 'takes a new key from its file at once',
    timeoutSeconds: 30,
    relay: ({ authorization }) =>
      authorization === `Bearer ${OTHER_KEY}` ? recorded() : problem(401, 'Unauthenticated'),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints('heartbeat: not recorded: 401');
      scene.replaceKey(`${OTHER_KEY}\n`);
      await scene.prints(RECORDED);
      scene.go();
    },
    exitCode: 0,
    prints: ['heartbeat: not recorded: 401 Unauthenticated: A problem.', RECORDED],
  },
  {
    name: 'goes on while its key file is missing, and sends nothing without a key',
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.replaceKey('nonsense');
      await scene.prints('heartbeat: not recorded: no key');
      scene.replaceKey(KEY);
      await scene.received(2);
      scene.go();
    },
    exitCode: 0,
    afterwards: ({ relay }) =>
      expect(relay.received.map(({ authorization }) => authorization)).toEqual(
        relay.received.map(() => `Bearer ${KEY}`),
      ),
    isExpensive: true,
  },
  acceptsKey('a key file that ends with CRLF and begins with a byte order mark', `\uFEFF${KEY}\r\n`, true),
  acceptsKey('a key file without a line end', KEY, true),
  {
    name: 'accepts a key in a variable, and hides it from the work with the token',
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    variables: () => ({
      HEARTBEAT_KEY: `\uFEFF${KEY}\r\n`,
      HEARTBEAT_KEY_FILE: undefined,
      TASK_TOKEN: `${TASK_TOKEN}\r\n`,
    }),
    work: 'saw "${HEARTBEAT_KEY-none} ${HEARTBEAT_KEY_FILE-none} ${TASK_TOKEN-none} $HEARTBEAT_DOMAIN"; wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    saw: ['none none none orders'],
    afterwards: ({ relay }) => {
      expect(relay.received[0]).toMatchObject({ authorization: `Bearer ${KEY}`, body: { taskToken: TASK_TOKEN } });
    },
  },
  {
    name: 'declares T, and T/6 for the interval unless the relay does not pace',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(recorded(), recordedUnpaced()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.received(3);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    afterwards: ({ relay }) => {
      const pace = (nextHeartbeatSeconds: number) => ({
        path: '/domains/orders/heartbeats',
        method: 'POST',
        body: { taskToken: TASK_TOKEN, heartbeatTimeoutSeconds: 18, nextHeartbeatSeconds },
      });
      expect(relay.received.slice(0, 3)).toMatchObject([pace(3), pace(3), pace(6)]);
    },
  },
];
