import { expect } from 'vitest';

import { recorded, reset } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import type { Scene } from '../scene.ts';
import type { Situation } from '../situation.ts';
import { canSetWallClock, setWallClock, withWallClock } from '../wall-clock.ts';
import { until } from '../../e2e/until.ts';

const RECORDED = 'heartbeat: recorded';
const LOST = 'heartbeat: nothing recorded for 6 s: work stopped';
const HOUR_SECONDS = 3_600;

const pause = async (delayMs: number): Promise<void> => {
  const startedAtMs = performance.now();
  await until('a while', () => (performance.now() - startedAtMs > delayMs ? true : undefined));
};

/** The work notes the time, so that nobody can doubt that it was set. */
const WORK = 'wait_for_go; saw "$(date +%s)"';

const sawTimeOff =
  (offsetSeconds: number) =>
  ({ seen }: Scene): void => {
    const offBySeconds = Number(seen[0]) - Date.now() / 1_000;
    expect(Math.abs(offBySeconds - offsetSeconds)).toBeLessThan(600);
  };

const SET_CLOCKS: readonly Situation[] = [HOUR_SECONDS, -HOUR_SECONDS].flatMap((offsetSeconds) => [
  {
    name: `goes on after the wall clock is set by ${offsetSeconds} s`,
    timeoutSeconds: 9,
    relay: inTurn(recorded()),
    variables: withWallClock,
    work: WORK,
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      setWallClock(scene, offsetSeconds);
      await scene.received(scene.relay.received.length + 3);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    afterwards: sawTimeOff(offsetSeconds),
    isExpensive: true,
  },
  {
    name: `is lost after T although the wall clock is set by ${offsetSeconds} s`,
    timeoutSeconds: 6,
    relay: inTurn(recorded(), reset),
    variables: withWallClock,
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      setWallClock(scene, offsetSeconds);
    },
    exitCode: 92,
    prints: [RECORDED, 'heartbeat: not recorded: no answer (…)', LOST],
    isExpensive: true,
  },
]);

/** What happens to time. */
export const CLOCKS: readonly Situation[] = [
  ...(canSetWallClock ? SET_CLOCKS : []),
  {
    name: 'is lost at once if its process was suspended for longer than T',
    isExpensive: true,
    isSuspended: true,
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.signal('SIGSTOP');
      await pause(7_000);
      scene.signal('SIGCONT');
    },
    exitCode: 92,
    prints: [RECORDED, LOST],
  },
  {
    name: 'goes on if its process was suspended for less than T',
    isExpensive: true,
    isSuspended: true,
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.signal('SIGSTOP');
      await pause(12_000);
      scene.signal('SIGCONT');
      await scene.received(scene.relay.received.length + 2);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
  },
  {
    name: 'takes a T of 1 s',
    timeoutSeconds: 1,
    relay: inTurn(recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.received(6);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    isTight: true,
    isExpensive: true,
  },
  {
    name: 'is lost after a T of 1 s',
    timeoutSeconds: 1,
    relay: inTurn(reset),
    exitCode: 92,
    afterwards: ({ lines }) => expect(lines.at(-1)).toBe('heartbeat: nothing recorded for 1 s: work stopped'),
    isExpensive: true,
  },
  {
    name: 'takes a T of 90 days',
    timeoutSeconds: 7_776_000,
    relay: inTurn(recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      // A timer that overflows fires at once.
      await pause(3_000);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    afterwards: ({ relay }) => expect(relay.received).toHaveLength(1),
    isExpensive: true,
  },
];
