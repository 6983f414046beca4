import { expect } from 'vitest';

import type { Reply } from '../relay/replies.ts';
import {
  cancelRequested,
  drip,
  hang,
  paced,
  problem,
  recorded,
  rememberedCancel,
  reset,
  slowly,
  stall,
} from '../relay/replies.ts';
import { inTurn, type Script } from '../relay/scripted-relay.ts';
import type { Situation } from '../situation.ts';

/** Fails for a while after the first request, and works before and after. */
const during =
  (fromSeconds: number, toSeconds: number, fault: Reply): Script =>
  (_request, _index, atMs) =>
    atMs >= fromSeconds * 1_000 && atMs < toSeconds * 1_000 ? fault : recorded();

const RECORDED = 'heartbeat: recorded';

/** An outage that the worker outlives. */
const passing = (name: string, fromSeconds: number, toSeconds: number, fault: Reply, printed: string): Situation => ({
  name,
  timeoutSeconds: 18,
  relay: during(fromSeconds, toSeconds, fault),
  work: 'wait_for_go',
  meanwhile: async (scene) => {
    await scene.prints(printed);
    const failedAt = scene.lines.findIndex((line) => line.startsWith(printed));
    await scene.printsAfter(RECORDED, failedAt);
    scene.go();
  },
  exitCode: 0,
  prints: [RECORDED, printed.replace(/no answer$/, 'no answer (…)'), RECORDED],
});

/** What each prints when the relay stays away for T, after a first success. */
const lasting = (name: string, reply: Reply, printed: string, more: Partial<Situation> = {}): Situation => ({
  name,
  timeoutSeconds: 6,
  relay: inTurn(recorded(), reply),
  exitCode: 92,
  prints: [RECORDED, printed, 'heartbeat: nothing recorded for 6 s: work stopped'],
  ...more,
});

const NO_ANSWER = 'heartbeat: not recorded: no answer (…)';

/** Answers that are no heartbeat, and none. */
export const OUTAGES: readonly Situation[] = [
  lasting('stops the work in an outage that outlasts T', reset, NO_ANSWER),
  lasting('gives up on a relay that hangs', hang, NO_ANSWER, { isExpensive: true }),
  lasting('gives up on an answer that stops in the middle', stall, NO_ANSWER, { isExpensive: true }),
  lasting('gives up on an answer that comes byte by byte', drip, NO_ANSWER, { isExpensive: true }),
  lasting('gives up on throttling', problem(429, 'SwfThrottled', 60), 'heartbeat: not recorded: 429 SwfThrottled', {
    isExpensive: true,
  }),
  lasting(
    'gives up on a key that stays revoked',
    problem(401, 'Unauthenticated'),
    'heartbeat: not recorded: 401 Unauthenticated: A problem.',
    {
      isExpensive: true,
    },
  ),
  {
    name: 'gives up if the relay cannot be reached at all',
    isExpensive: true,
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    variables: () => ({ HEARTBEAT_RELAY_URL: 'http://127.0.0.1:1' }),
    exitCode: 92,
    prints: [NO_ANSWER, 'heartbeat: nothing recorded for 6 s: work stopped'],
  },
  {
    name: 'does not take a remembered cancel request for a recorded heartbeat',
    timeoutSeconds: 6,
    relay: inTurn(recorded(), cancelRequested(), rememberedCancel()),
    work: 'trap \'saw TERM; trap "" TERM; sleep 3600 & wait\' TERM; sleep 3600 & wait',
    options: ['--grace', '20'],
    exitCode: 92,
    isExpensive: true,
  },
  {
    name: 'does not take answers that a heartbeat is not due for recorded ones',
    isExpensive: true,
    timeoutSeconds: 6,
    relay: (_request, index) => (index === 0 ? recorded() : paced(60_000)),
    exitCode: 92,
    // One that starts just before the end may find no time for an answer.
    afterwards: ({ lines }) => {
      expect(lines.filter((line) => line === RECORDED)).toHaveLength(1);
      expect(lines.at(-1)).toBe('heartbeat: nothing recorded for 6 s: work stopped');
    },
  },
  {
    name: 'goes on after heartbeats that are not due, and ends on a cancel request that comes with one',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(
      recorded(),
      paced(1_000),
      recorded(),
      problem(429, 'KeyThrottled'),
      paced(1_000),
      recorded(),
      paced(1_000, true),
    ),
    exitCode: 90,
    prints: [
      RECORDED,
      'heartbeat: not recorded: 429 KeyThrottled',
      RECORDED,
      'heartbeat: cancel requested: work told to end',
    ],
  },
  passing('carries on over an outage of half of T', 1, 10, reset, 'heartbeat: not recorded: no answer'),
  {
    ...passing(
      'carries on over throttling with a hint',
      1,
      4,
      problem(429, 'KeyThrottled', 2),
      'heartbeat: not recorded: 429 KeyThrottled',
    ),
    isExpensive: true,
  },
  {
    name: 'waits for a slow answer',
    timeoutSeconds: 12,
    relay: inTurn(slowly(3_000, recorded()), recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.received(2);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    isExpensive: true,
  },
  {
    name: 'gives up a very slow answer before it asks again',
    timeoutSeconds: 40,
    relay: inTurn(slowly(9_000, recorded()), recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.go();
    },
    exitCode: 0,
    prints: [NO_ANSWER, RECORDED],
    isExpensive: true,
  },
];
