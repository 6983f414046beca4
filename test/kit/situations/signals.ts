import { expect } from 'vitest';

import { recorded } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import type { Situation } from '../situation.ts';
import { until } from '../../e2e/until.ts';

const RECORDED = 'heartbeat: recorded';

/** What happens to the worker's own process, and what it prints to. */
export const SIGNALS: readonly Situation[] = [
  {
    name: 'passes SIGTERM on to its work',
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    work: "trap 'saw TERM; exit 5' TERM; saw ready; sleep 3600 & wait",
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      await scene.hasSeen('ready');
      scene.signal('SIGTERM');
    },
    exitCode: 5,
    prints: [RECORDED],
    saw: ['ready', 'TERM'],
  },
  {
    name: 'is lost at once if its process was suspended for longer than T',
    isExpensive: true,
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.signal('SIGSTOP');
      const suspendedAtMs = performance.now();
      await until('the end of T', () => (performance.now() - suspendedAtMs > 7_000 ? true : undefined));
      scene.signal('SIGCONT');
    },
    exitCode: 92,
    prints: [RECORDED, 'heartbeat: nothing recorded for 6 s: work stopped'],
  },
  {
    name: 'sends no heartbeat once it is killed',
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.signal('SIGKILL');
      await scene.ended();
      const before = scene.relay.received.length;
      const killedAtMs = performance.now();
      await until('the end of T', () => (performance.now() - killedAtMs > 6_000 ? true : undefined));
      // One may have been on its way.
      expect(scene.relay.received.length).toBeLessThanOrEqual(before + 1);
    },
    exitCode: null,
    leavesWork: true,
    isExpensive: true,
  },
  {
    name: 'keeps its work guarded after the reader of its lines has gone',
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    work: 'wait_for_go; exit 3',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.closeStderr();
      await scene.received(3);
      scene.go();
    },
    exitCode: 3,
  },
];
