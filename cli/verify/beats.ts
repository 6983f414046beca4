import { CLOCK_TOLERANCE_MS, toSeconds } from './address.ts';
import { assertSeen, type Check } from './check.ts';
import { assertAnswer, assertRecorded, type Meanings } from './outcome.ts';
import { NO_TASK_ID, type Scene } from './scene.ts';

/** A client has its answer within that. SWF's own Java client gives up at 6 s. */
const ANSWER_WITHIN_MS = 4_500;

const SWF_IS_SILENT: Meanings = {
  SwfThrottled: 'SWF throttles the account: its 160 heartbeats a second are used up',
  SwfUnavailable: 'the function gets no session from STS, or no answer from SWF, in time',
};

/** Whether a beat is recorded, and everything that it takes. */
export const BEAT_CHECKS: readonly Check[] = [
  { name: 'key', needs: ['address'], act: keyIsKnown },
  { name: 'beat', needs: ['key'], act: beatIsRecorded },
  { name: 'clock', needs: ['beat'], act: clockIsRight },
  { name: 'memory', needs: ['beat'], act: taskIsRemembered },
  { name: 'token', needs: ['beat'], act: alteredTokenIsRefused },
  { name: 'characters', needs: ['beat'], act: charactersAreCounted },
];

/** The look-up of a task that is none takes the key's record, its secret and the task states, but no SWF. */
async function keyIsKnown(scene: Scene): Promise<string> {
  const answer = await scene.find(NO_TASK_ID);
  assertAnswer(answer, 404, 'TaskUnknown', {
    Unauthenticated: 'the function knows another table of worker keys, or derives from another KMS key',
    RelayMisconfigured:
      'the function may not read the table of worker keys, or the KMS key is denied, disabled or gone',
    AuthenticationUnavailable: 'the table of worker keys, or KMS, does not answer the function',
    CacheUnavailable: 'the function cannot read the table of task states',
    DomainNotGranted: `the function does not declare ${scene.domainName}: it is not of the version that the stack describes`,
    NotFound: 'the function knows no such path: it is not of the version that the stack describes',
  });
  return 'the function lets a key in that was issued a moment ago';
}

async function beatIsRecorded(scene: Scene): Promise<string> {
  const { name, region } = scene.parts.domain;
  const answer = await scene.beat(await scene.task('main'), '1 %');
  assertRecorded(answer, false, {
    ...SWF_IS_SILENT,
    RelayMisconfigured:
      `the role of ${name} is too narrow, for another region or domain, or not the function's to assume ` +
      '(its trust, aws:PrincipalArn, a session of 3,600 s)',
    TaskNotInDomain: `the role of ${name} is denied a task of ${name}`,
    InvalidTaskToken: `SWF knows no token of ${region} where the function asks: it takes ${name} to be in another region`,
    MalformedRequest: 'SWF does not take the token, or the details',
  });
  return `SWF in ${region} recorded it: the role can be assumed by role chaining for 3,600 s, and its trust by aws:PrincipalArn holds`;
}

async function clockIsRight(scene: Scene): Promise<string> {
  const { body } = await scene.beat(await scene.task('main'), '2 %');
  const offMs = Date.parse(String(body['observedAt'])) - Date.now();
  const instead = `the function's clock is ${toSeconds(offMs)} s off this machine's: signatures are refused`;
  assertSeen(Math.abs(offMs) < CLOCK_TOLERANCE_MS, instead);
  return `the function's clock is ${toSeconds(offMs)} s off this machine's`;
}

async function taskIsRemembered(scene: Scene): Promise<string> {
  const { taskId } = await scene.task('main');
  const answer = await scene.find(taskId);
  assertAnswer(answer, 200, '', {
    TaskUnknown: 'the beat was recorded, but the function cannot write the table of task states',
    CacheUnavailable: 'the function cannot read the table of task states',
  });
  assertSeen(answer.body['state'] === 'open', `the task is ${String(answer.body['state'])}`);
  return 'the state of the task was stored';
}

/** In its middle, where every form of a token has something that it is known by. */
async function alteredTokenIsRefused(scene: Scene): Promise<string> {
  const { taskToken } = await scene.task('main');
  const middle = Math.floor(taskToken.length / 2);
  const other = taskToken[middle] === 'A' ? 'B' : 'A';
  const altered = taskToken.slice(0, middle) + other + taskToken.slice(middle + 1);
  scene.secrets.add(altered);
  assertAnswer(await scene.beat({ taskToken: altered }), 400, 'InvalidTaskToken', {
    ...SWF_IS_SILENT,
    MalformedRequest: 'SWF has other words than "Invalid token"',
    TaskNotOpen: 'SWF calls a token that it never made one of a closed task',
  });
  return `a token has ${taskToken.length} of at most 1,024 characters, and an altered one is refused as invalid`;
}

/** The relay lets through whatever one of both would. */
async function charactersAreCounted(scene: Scene): Promise<string> {
  const astral = '\u{1D4B3}';
  const task = await scene.task('main');
  const most = await scene.beat(task, astral.repeat(2_048));
  if (most.status === 200) return 'SWF counts code points: it took 2,048 that UTF-16 writes with two units each';
  assertAnswer(most, 400, 'MalformedRequest');
  assertRecorded(await scene.beat(task, astral.repeat(1_024)), false, {
    MalformedRequest: 'SWF took neither 2,048 nor 1,024 characters of two UTF-16 units: it counts bytes',
  });
  return 'SWF counts UTF-16 units: of characters with two of them it took 1,024, not 2,048';
}

/** The last of all checks, over every answer there was. */
export const SPEED_CHECK: Check = {
  name: 'speed',
  needs: ['address'],
  act: async ({ parts: { relay } }) => {
    const { slowestMs } = relay;
    assertSeen(slowestMs <= ANSWER_WITHIN_MS, `an answer took ${slowestMs} ms instead of ${ANSWER_WITHIN_MS} at most`);
    return `no answer took longer than ${slowestMs} ms`;
  },
};
