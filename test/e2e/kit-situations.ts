import { RespondActivityTaskCanceledCommand } from '@aws-sdk/client-swf';
import { cancelTask, completeTask } from '../../local/tasks.ts';
import { until } from './until.ts';
import { PAGE_COMMAND, type Shown } from './kit-page.ts';
import type { Scene } from './kit-scene.ts';

/** What happens to a worker, and what it then prints. */
export interface Situation {
  /** What the page calls it. */
  readonly shownAs?: string;
  /** Where the page does not show it. */
  readonly shows?: Shown;
  readonly hasOwnRelay?: boolean;
  readonly meanwhile?: (scene: Scene) => Promise<void>;
  /** What SWF has to say then. */
  readonly afterwards?: (scene: Scene) => Promise<unknown>;
}

const complete = ({ stack, task }: Scene): Promise<void> => completeTask(stack.swf, task, task.taskToken);

const cancel = ({ stack, task }: Scene): Promise<void> => cancelTask(stack.swf, task);

/** SWF takes it as long as the task is open, and only after a cancel request. */
const respondCanceled = ({ stack, task: { taskToken } }: Scene): Promise<unknown> =>
  stack.swf.send(new RespondActivityTaskCanceledCommand({ taskToken }));

const isGivenAway = (scene: Scene): Promise<true> =>
  until('the time-out of the task', async () => ((await scene.hasEvent('ActivityTaskTimedOut')) ? true : undefined));

const RUN = `${PAGE_COMMAND} run --`;
const withGrace = (seconds: number): string => `${PAGE_COMMAND} run --grace ${seconds} --`;

/** By what a test is called. T is long unless something waits for its end: a busy machine may be slow with the first heartbeat. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'sends heartbeats while the work runs, and ends with it': { shownAs: 'finished', afterwards: complete },
  'tells the work to end on a cancel request': {
    shownAs: 'canceled',
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await cancel(scene);
    },
    afterwards: respondCanceled,
  },
  'sends heartbeats while canceled work cleans up for longer than the heartbeat timeout': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 ${RUN} bash -c 'trap "sleep 12; echo clean" TERM; sleep 600 & wait'; echo "exit $?"`,
      output: 'heartbeat: recorded\nheartbeat: cancel requested: work told to end\nclean\nexit 90',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await cancel(scene);
    },
    afterwards: respondCanceled,
  },
  'does not take a cancel request that the relay remembers in an outage for a recorded heartbeat': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 ${withGrace(10)} bash -c \
        'trap "trap - TERM; sleep 600" TERM; sleep 600 & wait'; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: cancel requested: work told to end\nheartbeat: nothing recorded for 9 s: work stopped\nheartbeat: work did not end within 10 s: killed\nexit 92',
    },
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await cancel(scene);
      await scene.says('heartbeat: cancel requested');
      scene.strike('swf=error');
    },
    afterwards: isGivenAway,
  },
  'carries on over throttling and an outage': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 ${RUN} sleep 12; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: not recorded: 429 SwfThrottled\nheartbeat: not recorded: 503 SwfUnavailable\nheartbeat: recorded\nexit 0',
    },
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      scene.strike('swf=throttle');
      await scene.says('heartbeat: not recorded: 429');
      scene.strike('swf=error');
      await scene.says('heartbeat: not recorded: 503');
      scene.strike();
    },
    afterwards: complete,
  },
  'gives up in an outage that lasts longer than the heartbeat timeout': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 ${RUN} sleep 600; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: not recorded: 503 SwfUnavailable\nheartbeat: nothing recorded for 9 s: work stopped\nexit 92',
    },
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      scene.strike('swf=down');
    },
    afterwards: isGivenAway,
  },
  'gives up where the relay can not be reached': {
    shows: {
      command: `HEARTBEAT_RELAY_URL=http://127.0.0.1:1024 HEARTBEAT_TIMEOUT_SECONDS=9 ${RUN} sleep 600; echo "exit $?"`,
      output: 'heartbeat: nothing recorded for 9 s: work stopped\nexit 92',
    },
    afterwards: isGivenAway,
  },
  'gives up under a revoked key': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 ${RUN} sleep 600; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: not recorded: 401 Unauthenticated: This worker key is not valid.\nheartbeat: nothing recorded for 9 s: work stopped\nexit 92',
    },
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await scene.revokeKey();
    },
    afterwards: isGivenAway,
  },
  'goes on once a revoked key is replaced in its file': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 ${RUN} sleep 12; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: not recorded: 401 Unauthenticated: This worker key is not valid.\nheartbeat: recorded\nexit 0',
    },
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await scene.revokeKey();
      await scene.says('heartbeat: not recorded: 401');
      await scene.replaceKey();
    },
    afterwards: complete,
  },
  'stops the work of a closed task': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=12 ${RUN} sleep 600; echo "exit $?"`,
      output: 'heartbeat: recorded\nheartbeat: task closed: work stopped\nexit 91',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await complete(scene);
    },
  },
  'stops a work that does not listen, and all that it started': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=12 ${withGrace(3)} bash -c 'trap "" TERM; sleep 600; sleep 600'; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: task closed: work stopped\nheartbeat: work did not end within 3 s: killed\nexit 91',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await complete(scene);
    },
  },
  "ends with the work's own exit code": {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=60 ${RUN} bash -c 'sleep 3; exit 7'; echo "exit $?"`,
      output: 'heartbeat: recorded\nexit 7',
    },
  },
  'ends the work when it is told to end itself': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=60 ${RUN} bash -c 'echo $PPID >"$WORKER_ID_FILE"; sleep 600'; echo "exit $?"`,
      output: 'heartbeat: recorded\nexit 143',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await scene.endWorker('SIGTERM');
    },
  },
  'sends no heartbeat once it is killed, though the work goes on': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 exec ${RUN} bash -c 'echo $PPID >"$WORKER_ID_FILE"; sleep 25'`,
      output: 'heartbeat: recorded',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await scene.endWorker('SIGKILL');
      await isGivenAway(scene);
      if (scene.livingProcesses().length === 0) throw new Error('the work is to outlive its worker here');
    },
  },
  'takes the key from a variable too, and gives the work neither it nor the task token': {
    shows: {
      command: `HEARTBEAT_KEY=$(<"$HEARTBEAT_KEY_FILE") HEARTBEAT_KEY_FILE= HEARTBEAT_TIMEOUT_SECONDS=60 \
        ${RUN} bash -c 'echo "\${HEARTBEAT_KEY-none} \${TASK_TOKEN-none}"; sleep 3'; echo "exit $?"`,
      output: 'none none\nheartbeat: recorded\nexit 0',
    },
  },
  'does not start the work where a variable is missing': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=4; unset TASK_TOKEN; ${RUN} echo work 2>/dev/null; echo "exit $?"`,
      output: 'exit 2',
    },
  },
  'does not take it for done where there is no work': {
    shows: { command: `HEARTBEAT_TIMEOUT_SECONDS=4 ${RUN} 2>/dev/null; echo "exit $?"`, output: 'exit 2' },
  },
};
