import { CLOCK_TOLERANCE_MS, toSeconds } from './address.ts';
import { CHARACTERS_CHECK } from './characters.ts';
import { assertSeen, type Check } from './check.ts';
import { assertAnswer, assertRecorded, type Meanings } from './outcome.ts';
import { NO_TASK_ID, type Scene } from './scene.ts';
import { askSwf } from './swf-itself.ts';

/** SWF's own Java client gives up after 6 s. */
const ANSWER_WITHIN_MS = 4_500;

const SWF_MEANINGS: Meanings = {
  SwfThrottled: 'SWF throttles the account, which may send 160 heartbeats a second',
  SwfUnavailable: 'the function gets no session from STS, or no answer from SWF, in time',
};

/** Whether SWF records a heartbeat, and everything that this takes. */
export const HEARTBEAT_CHECKS: readonly Check[] = [
  { name: 'key', needs: ['address'], act: keyIsKnown },
  { name: 'heartbeat', needs: ['key'], act: heartbeatIsRecorded },
  { name: 'clock', needs: ['heartbeat'], act: clockIsRight },
  { name: 'memory', needs: ['heartbeat'], act: taskIsRemembered },
  { name: 'token', needs: ['heartbeat'], act: alteredTokenIsRefused },
  CHARACTERS_CHECK,
];

/** Looking up a task that does not exist takes the key's record, its secret and the task states, but not SWF. */
async function keyIsKnown(scene: Scene): Promise<string> {
  const answer = await scene.find(NO_TASK_ID);
  assertAnswer(answer, 404, 'TaskUnknown', {
    Unauthenticated: 'the function uses another table of worker keys, or another KMS key',
    RelayMisconfigured:
      'the function may not read the table of worker keys, or the KMS key is denied, disabled or deleted',
    AuthenticationUnavailable: 'the function gets no answer from the table of worker keys, or from KMS',
    CacheUnavailable: 'the function cannot read the table of task states',
    DomainNotGranted: `the function does not declare ${scene.domainName}, or has it in another region or account: it is not the version that the stack describes`,
    NotFound: 'the function has no such path: it is not the version that the stack describes',
  });
  return 'the function accepts a key that was issued a moment ago';
}

async function heartbeatIsRecorded(scene: Scene): Promise<string> {
  const { name, region } = scene.parts.domain;
  const answer = await scene.heartbeat(await scene.task('main'), '1 %');
  assertRecorded(answer, false, {
    ...SWF_MEANINGS,
    RelayMisconfigured:
      `the role of ${name} is too narrow, names another region or domain, or can't be assumed by the function ` +
      '(its trust, aws:PrincipalArn, a session of 3,600 s)',
    TaskNotInDomain: `the role of ${name} is denied a task of ${name}`,
    InvalidTaskToken: `the function asks SWF in another region than ${region}, where ${name} is`,
    MalformedRequest: "can't tell whether the relay or SWF refuses the token or the details",
  });
  return `SWF in ${region} recorded it: role chaining works for 3,600 s, and so does the trust by aws:PrincipalArn`;
}

async function clockIsRight(scene: Scene): Promise<string> {
  const { body } = await scene.heartbeat(await scene.task('main'), '2 %');
  const offMs = Date.parse(String(body['observedAt'])) - Date.now();
  const instead = `the function's clock is ${toSeconds(offMs)} s off this machine's, so it refuses signatures`;
  assertSeen(Math.abs(offMs) < CLOCK_TOLERANCE_MS, instead);
  return `the function's clock is ${toSeconds(offMs)} s off this machine's`;
}

async function taskIsRemembered(scene: Scene): Promise<string> {
  const { taskId } = await scene.task('main');
  const answer = await scene.find(taskId);
  assertAnswer(answer, 200, '', {
    TaskUnknown: 'the heartbeat was recorded, but the function cannot write the table of task states',
    CacheUnavailable: 'the function cannot read the table of task states',
  });
  assertSeen(answer.body['state'] === 'open', `the task is ${String(answer.body['state'])}`);
  return 'the state of the task is stored';
}

/** By these words the relay tells an invalid token from other refusals. */
const INVALID_TOKEN = /^ValidationException: Invalid token/;

/** The middle of a token holds what SWF recognizes it by, whatever its form. */
async function alteredTokenIsRefused(scene: Scene): Promise<string> {
  const { taskToken } = await scene.task('main');
  const middle = Math.floor(taskToken.length / 2);
  const other = taskToken[middle] === 'A' ? 'B' : 'A';
  const altered = taskToken.slice(0, middle) + other + taskToken.slice(middle + 1);
  scene.secrets.add(altered);
  const said = await askSwf(scene, altered);
  assertSeen(INVALID_TOKEN.test(said), `SWF itself says "${said}" about an altered token, not "Invalid token"`);
  assertAnswer(await scene.heartbeat({ taskToken: altered }), 400, 'InvalidTaskToken', SWF_MEANINGS);
  return `a token has ${taskToken.length} characters of at most 1,024, and an altered one is refused as invalid`;
}

/** Comes last, because it looks at every answer so far. */
export const SPEED_CHECK: Check = {
  name: 'speed',
  needs: ['address'],
  act: async ({ parts: { relay } }) => {
    const { slowestMs } = relay;
    assertSeen(
      slowestMs <= ANSWER_WITHIN_MS,
      `an answer took ${slowestMs} ms instead of at most ${ANSWER_WITHIN_MS} ms`,
    );
    return `no answer took longer than ${slowestMs} ms`;
  },
};
