import { cancelRequested, closed, recorded } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import type { Situation } from '../situation.ts';

/** It lives on after the work. */
export const LEFT_BEHIND = 'sleep 3600 </dev/null >/dev/null 2>&1 &';

/** How work ends, and what ends it. */
export const ENDINGS: readonly Situation[] = [
  {
    name: 'sends heartbeats while the work runs, and ends with it',
    timeoutSeconds: 18,
    relay: inTurn(recorded()),
    work: 'saw working; wait_for_go; saw done',
    meanwhile: async (scene) => {
      await scene.received(3);
      scene.go();
    },
    exitCode: 0,
    prints: ['heartbeat: recorded'],
    saw: ['working', 'done'],
  },
  {
    name: "ends with the work's own exit code",
    isExpensive: true,
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    work: 'wait_for_go; exit 7',
    meanwhile: async (scene) => {
      await scene.prints('heartbeat: recorded');
      scene.go();
    },
    exitCode: 7,
    prints: ['heartbeat: recorded'],
  },
  {
    name: 'ends with its work, and leaves alone what that left behind',
    timeoutSeconds: 60,
    relay: inTurn(recorded()),
    work: `${LEFT_BEHIND} exit 3`,
    exitCode: 3,
    leavesWork: true,
  },
  {
    name: 'tells the work to end on a cancel request',
    timeoutSeconds: 18,
    relay: inTurn(recorded(), cancelRequested()),
    work: "trap 'saw TERM; exit 0' TERM; sleep 3600 & wait",
    exitCode: 90,
    prints: ['heartbeat: recorded', 'heartbeat: cancel requested: work told to end'],
    saw: ['TERM'],
  },
  {
    name: 'goes on with heartbeats while canceled work cleans up',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(recorded(), cancelRequested()),
    work: "trap 'saw TERM; wait_for_go; saw clean; exit 0' TERM; sleep 3600 & wait",
    meanwhile: async (scene) => {
      await scene.hasSeen('TERM');
      await scene.received(scene.relay.received.length + 2);
      scene.go();
    },
    exitCode: 90,
    prints: ['heartbeat: recorded', 'heartbeat: cancel requested: work told to end'],
    saw: ['TERM', 'clean'],
  },
  {
    name: 'kills canceled work that does not listen, and all that it started, after the grace period',
    timeoutSeconds: 18,
    relay: inTurn(recorded(), cancelRequested()),
    options: ['--grace', '1'],
    work: "trap '' TERM; sleep 3600; sleep 3600",
    exitCode: 90,
    prints: [
      'heartbeat: recorded',
      'heartbeat: cancel requested: work told to end',
      'heartbeat: work did not end within 1 s: killed',
    ],
  },
  {
    name: 'stops the work of a closed task',
    timeoutSeconds: 18,
    relay: inTurn(recorded(), closed()),
    exitCode: 91,
    prints: ['heartbeat: recorded', 'heartbeat: task closed: work stopped'],
  },
  {
    name: 'stops canceled work that still cleans up when the task is closed',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(recorded(), cancelRequested(), closed()),
    work: 'trap \'saw TERM; trap "" TERM; sleep 3600 & wait\' TERM; saw ready; sleep 3600 & wait',
    options: ['--grace', '8'],
    exitCode: 91,
    prints: [
      'heartbeat: recorded',
      'heartbeat: cancel requested: work told to end',
      'heartbeat: task closed: work stopped',
      'heartbeat: work did not end within 8 s: killed',
    ],
    saw: ['ready', 'TERM'],
  },
  {
    name: 'stops the work of a task that was closed before it began',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(closed()),
    exitCode: 91,
    prints: ['heartbeat: task closed: work stopped'],
  },
  {
    name: 'tells the work to end if the first answer is a cancel request',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(cancelRequested()),
    exitCode: 90,
    prints: ['heartbeat: cancel requested: work told to end'],
  },
  {
    name: 'tells the work once if it is canceled and gets SIGTERM at the same time',
    isExpensive: true,
    timeoutSeconds: 18,
    relay: inTurn(recorded(), cancelRequested()),
    work: "trap 'saw TERM; wait_for_go; exit 0' TERM; saw ready; while :; do sleep 3600 & wait; done",
    meanwhile: async (scene) => {
      await scene.hasSeen('TERM');
      scene.signal('SIGTERM');
      await scene.received(scene.relay.received.length + 1);
      scene.go();
    },
    exitCode: 90,
    prints: ['heartbeat: recorded', 'heartbeat: cancel requested: work told to end'],
    saw: ['ready', 'TERM'],
  },
];
