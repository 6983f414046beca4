import { closed, recorded } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import type { Situation } from '../situation.ts';

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
];
