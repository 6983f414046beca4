import { RespondActivityTaskCanceledCommand } from '@aws-sdk/client-swf';
import { cancelTask, completeTask } from '../../local/tasks.ts';
import { until } from './until.ts';
import type { Shown } from './worker-example-page.ts';
import type { Scene } from './worker-example-scene.ts';

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

/** By what a test is called. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  'beats while the work runs, and ends with it': { shownAs: 'finished', afterwards: complete },
  'tells the work to end on a cancel request': {
    shownAs: 'canceled',
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await cancel(scene);
    },
    afterwards: respondCanceled,
  },
  'beats on while a canceled work cleans up for longer than the heartbeat timeout': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 bash worker.sh bash -c 'trap "sleep 12; echo clean" TERM; sleep 600 & wait'; echo "exit $?"`,
      output: 'heartbeat: recorded\nheartbeat: cancel requested: work told to end\nclean\nexit 90',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await cancel(scene);
    },
    afterwards: respondCanceled,
  },
  'does not take a cancel request that the relay remembers in an outage for a recorded beat': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=9 bash worker.sh bash -c \
        'trap "trap - TERM; sleep 600" TERM; sleep 600 & wait'; echo "exit $?"`,
      output:
        'heartbeat: recorded\nheartbeat: cancel requested: work told to end\nheartbeat: nothing recorded for 9 s: work stopped\nexit 92',
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
    shownAs: 'outage',
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
    shownAs: 'long-outage',
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      scene.strike('swf=down');
    },
    afterwards: isGivenAway,
  },
  'gives up where the relay can not be reached': {
    shows: {
      command:
        'HEARTBEAT_RELAY_URL=http://127.0.0.1:1024 HEARTBEAT_TIMEOUT_SECONDS=4 bash worker.sh sleep 600; echo "exit $?"',
      output: 'heartbeat: not recorded: no answer (…)\nheartbeat: nothing recorded for 4 s: work stopped\nexit 92',
    },
    afterwards: isGivenAway,
  },
  'gives up under a revoked key': {
    shownAs: 'revoked',
    hasOwnRelay: true,
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await scene.revokeKey();
    },
    afterwards: isGivenAway,
  },
  'goes on once a revoked key is replaced in its file': {
    shownAs: 'replaced',
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
    shownAs: 'closed',
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await complete(scene);
    },
  },
  'stops a work that does not listen, and all that it started': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=4 bash worker.sh bash -c 'trap "" TERM; sleep 600; sleep 600'; echo "exit $?"`,
      output: 'heartbeat: recorded\nheartbeat: task closed: work stopped\nexit 91',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await complete(scene);
    },
  },
  "ends with the work's own exit code": {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=4 bash worker.sh bash -c 'sleep 3; exit 7'; echo "exit $?"`,
      output: 'heartbeat: recorded\nexit 7',
    },
  },
  'ends the work when it is told to end itself': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=4 bash worker.sh bash -c 'echo $PPID >"$HEARTBEAT_KEY_FILE.worker"; sleep 600'; echo "exit $?"`,
      output: 'heartbeat: recorded\nexit 143',
    },
    meanwhile: async (scene) => {
      await scene.says('heartbeat: recorded');
      await scene.endWorker('SIGTERM');
    },
  },
  'beats no more once it is killed, though the work goes on': {
    shows: {
      command: `HEARTBEAT_TIMEOUT_SECONDS=3 exec bash worker.sh bash -c 'echo $PPID >"$HEARTBEAT_KEY_FILE.worker"; sleep 15'`,
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
      command: `HEARTBEAT_KEY=$(<"$HEARTBEAT_KEY_FILE") HEARTBEAT_KEY_FILE= HEARTBEAT_TIMEOUT_SECONDS=4 \
        bash worker.sh bash -c 'echo "\${HEARTBEAT_KEY-none} \${TASK_TOKEN-none}"; sleep 3'; echo "exit $?"`,
      output: 'none none\nheartbeat: recorded\nexit 0',
    },
  },
  'does not start the work where a variable is missing': {
    shows: {
      command: 'HEARTBEAT_TIMEOUT_SECONDS=4; unset TASK_TOKEN; bash worker.sh echo work 2>/dev/null; echo "exit $?"',
      output: 'exit 1',
    },
  },
  'does not take it for done where there is no work': {
    shows: { command: 'HEARTBEAT_TIMEOUT_SECONDS=4 bash worker.sh 2>/dev/null; echo "exit $?"', output: 'exit 1' },
  },
};
