import { expect } from 'vitest';

import { closed, recorded } from '../relay/replies.ts';
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
  ...['2>&-', '2>/dev/full'].map((redirection): Situation => ({
    name: `keeps its work guarded with standard error as after ${redirection}`,
    timeoutSeconds: 18,
    relay: inTurn(recorded(), recorded(), closed()),
    redirection,
    exitCode: 91,
    isExpensive: true,
  })),
  {
    name: 'takes a T of 90 days',
    timeoutSeconds: 7_776_000,
    relay: inTurn(recorded()),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      // A timer that overflows fires at once.
      const recordedAtMs = performance.now();
      await until('a few seconds', () => (performance.now() - recordedAtMs > 3_000 ? true : undefined));
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    afterwards: ({ relay }) => expect(relay.received).toHaveLength(1),
    isExpensive: true,
  },
  {
    name: 'keeps the task alive while its program computes for longer than T',
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    only: ['node-library', 'python-library'],
    variables: () => ({ DRIVER_BLOCKS_MS: '12000' }),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.received(10);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    isExpensive: true,
  },
  {
    name: 'trusts the certificates of its CA file',
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    isSecure: true,
    variables: (scene) => ({ HEARTBEAT_CA_FILE: scene.path('ca.pem') }),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    isExpensive: true,
  },
  {
    name: 'sends nothing to a relay whose certificate it does not trust',
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    isSecure: true,
    exitCode: 92,
    prints: ['heartbeat: not recorded: no answer (…)', 'heartbeat: nothing recorded for 6 s: work stopped'],
    afterwards: ({ relay }) => expect(relay.received).toEqual([]),
    isExpensive: true,
  },
];
