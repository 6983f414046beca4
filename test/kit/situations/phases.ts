import { expect } from 'vitest';

import { cancelRequested, ended, recorded, type Reply, reset } from '../relay/replies.ts';
import type { Script } from '../relay/scripted-relay.ts';
import { COMMANDS, type Situation } from '../situation.ts';

const TIMEOUT_SECONDS = 40;
const RECORDED = 'heartbeat: recorded';
const NO_ANSWER = 'heartbeat: not recorded: no answer (…)';
const MS = 1_000;

/** When the outage begins: heartbeats come about every 6.5 s, counted from the first one. */
const PHASES = [
  { phase: 'from the start', fromSeconds: 0 },
  { phase: 'just after a heartbeat', fromSeconds: 0.2 },
  { phase: 'between two heartbeats', fromSeconds: 4.5 },
  { phase: 'just before the next heartbeat', fromSeconds: 5.5 },
] as const;

const LENGTHS = [
  { length: 'half of T', seconds: 0.5 * TIMEOUT_SECONDS },
  { length: '0.9 T', seconds: 0.9 * TIMEOUT_SECONDS },
  { length: '1.5 T', seconds: 1.5 * TIMEOUT_SECONDS },
] as const;

/** An attempt is certain if the relay is back so long before the end. */
const ROOM_SECONDS = 3;

const during =
  (fromSeconds: number, toSeconds: number): Script =>
  (_request, _index, atMs) =>
    atMs >= fromSeconds * MS && atMs < toSeconds * MS ? reset : recorded();

/** With the last heartbeat before it at 0, the worker has until T. */
function outage(
  { phase, fromSeconds }: (typeof PHASES)[number],
  { length, seconds }: (typeof LENGTHS)[number],
): Situation {
  const before = fromSeconds === 0 ? [] : [RECORDED];
  const isOutlived = fromSeconds + seconds <= TIMEOUT_SECONDS - ROOM_SECONDS;
  return {
    name: `${isOutlived ? 'outlives' : 'stops its work in'} an outage of ${length} ${phase}`,
    timeoutSeconds: TIMEOUT_SECONDS,
    relay: during(fromSeconds, fromSeconds + seconds),
    isExpensive: true,
    ...(isOutlived
      ? {
          work: 'wait_for_go',
          meanwhile: async (scene) => {
            await scene.prints('heartbeat: not recorded');
            await scene.printsAfter(RECORDED, before.length);
            scene.go();
          },
          exitCode: 0,
          prints: [...before, NO_ANSWER, RECORDED],
        }
      : {
          exitCode: 92,
          prints: [...before, NO_ANSWER, `heartbeat: nothing recorded for ${TIMEOUT_SECONDS} s: work stopped`],
        }),
  };
}

const SHORT_TIMEOUT_SECONDS = 12;

/** For one play: works until a request that this matches, then fails for so long. */
function failingFrom(isFirst: (path: string, index: number) => boolean, seconds: number, after: Reply): Script {
  let failsFromMs: number | undefined;
  return ({ path }, index, atMs) => {
    if (failsFromMs === undefined && isFirst(path, index)) failsFromMs = atMs;
    if (failsFromMs === undefined) return index === 1 ? cancelRequested() : recorded();
    return atMs < failsFromMs + seconds * MS ? reset : after;
  };
}

const isReport = (path: string): boolean => path.endsWith('/completions');

const reporting = (name: string, seconds: number, exitCode: number, last: string): Situation => ({
  name,
  timeoutSeconds: SHORT_TIMEOUT_SECONDS,
  relay: { scriptWith: () => failingFrom(isReport, seconds, ended('completed')) },
  work: 'true',
  options: ['--report'],
  only: COMMANDS,
  exitCode,
  afterwards: ({ lines, relay }) => {
    expect(lines.at(-1)).toBe(last);
    expect(relay.received.filter(({ path }) => isReport(path)).length).toBeGreaterThan(2);
  },
  isExpensive: true,
});

/** Outages of every length that begin in every phase. */
export const OUTAGES_IN_PHASES: readonly Situation[] = [
  ...PHASES.flatMap((phase) => LENGTHS.map((length) => outage(phase, length))),
  {
    name: 'outlives an outage of half of T while canceled work cleans up',
    timeoutSeconds: SHORT_TIMEOUT_SECONDS,
    relay: {
      scriptWith: () => failingFrom((_path, index) => index === 2, SHORT_TIMEOUT_SECONDS / 2, recorded()),
    },
    work: "trap 'saw TERM; wait_for_go; saw clean; exit 0' TERM; sleep 3600 & wait",
    meanwhile: async (scene) => {
      await scene.prints('heartbeat: not recorded');
      await scene.printsAfter(RECORDED, 2);
      scene.go();
    },
    exitCode: 90,
    prints: [RECORDED, 'heartbeat: cancel requested: work told to end', NO_ANSWER, RECORDED],
    saw: ['TERM', 'clean'],
    isExpensive: true,
  },
  reporting('reports after an outage of half of T', SHORT_TIMEOUT_SECONDS / 2, 0, 'heartbeat: reported: completed'),
  reporting('gives its report up in an outage of 1.5 T', 1.5 * SHORT_TIMEOUT_SECONDS, 93, 'heartbeat: report given up'),
];
