import { assertSeen, type Check, SomethingElseError } from './check.ts';
import { assertAnswer, assertRecorded } from './outcome.ts';
import { LONG_HEARTBEAT_TIMEOUT_SECONDS } from './scene.ts';
import { sendSigned } from './signed-heartbeat.ts';

/** A task with a timeout that is long for its worker's interval, so that a second heartbeat is not due. */
const PACE = { heartbeatTimeoutSeconds: LONG_HEARTBEAT_TIMEOUT_SECONDS, nextHeartbeatSeconds: 10 };
const PACE_HEADERS = {
  'x-relay-heartbeat-timeout': `${PACE.heartbeatTimeoutSeconds}`,
  'x-relay-next-heartbeat': `${PACE.nextHeartbeatSeconds}`,
};

/** The table of task states tells each container when SWF accepted the last heartbeat. */
export const PACED_CHECK: Check = {
  name: 'paced',
  needs: ['memory'],
  act: async (scene) => {
    const task = await scene.task('main');
    const recorded = await scene.heartbeat(task, '1 %', PACE);
    assertRecorded(recorded, false);
    const { acceptedAt } = recorded.body;
    const paced = await scene.heartbeat(task, '2 %', PACE);
    assertAnswer(paced, 200, 'Paced', {
      '': 'the relay did not read, or did not store, when SWF accepted the first one',
    });
    const { forwarded, acceptedAt: then } = paced.body;
    assertSeen(
      forwarded === false && then === acceptedAt,
      `acceptedAt ${String(then)} instead of ${String(acceptedAt)}`,
    );
    return 'a second heartbeat was not due, and was answered from the table';
  },
};

/** AWS's own client adds headers, and reads those of the answer. */
export const SIGNED_PACED_CHECK: Check = {
  name: 'signed paced',
  needs: ['paced', 'signed path/'],
  act: async (scene) => {
    const { taskToken } = await scene.task('main');
    const outcome = await sendSigned(scene, taskToken, 'path/', PACE_HEADERS);
    if (outcome.kind === 'fault') throw new SomethingElseError(`${outcome.name}, "${outcome.message}"`);
    const { 'x-relay-accepted-at': acceptedAt } = outcome.headers;
    assertSeen(
      acceptedAt !== undefined,
      'the gateway drops the header x-relay-heartbeat-timeout, or that of the answer',
    );
    return 'x-relay-heartbeat-timeout arrived, and so did the header x-relay-accepted-at of the answer';
  },
};
