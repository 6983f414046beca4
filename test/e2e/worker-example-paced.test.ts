import { execFileSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { AProcess } from './a-process.ts';
import { type Answer, openScriptedRelay } from './a-scripted-relay.ts';

const RECORDED: Answer = { cancelRequested: false, forwarded: true, acceptedAt: '2026-11-22T08:00:00.000Z' };
const PACED: Answer = { ...RECORDED, forwarded: false, code: 'Paced' };
const CANCEL: Answer = { ...PACED, cancelRequested: true };
const THROTTLED: Answer = { status: 429, code: 'KeyThrottled' };

const EXAMPLES = [
  { file: 'worker.mjs', command: process.execPath },
  { file: 'worker.py', command: 'python3' },
  { file: 'worker.sh', command: 'bash' },
].map(({ file, command }) => ({ file, command, isMissing: isMissing(command) }));

/** A partner's machine has them; one that builds the project may not. */
function isMissing(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command} && command -v curl`]);
    return false;
  } catch {
    return true;
  }
}

/** A busy machine may not let this process answer in time. The last heartbeat may have a millisecond. */
const NO_ANSWER = /^heartbeat: not recorded: no answer/;

/** Each takes as long as its heartbeats: of a timeout of 12 s, a third. */
const SITUATIONS = [
  {
    given: 'goes on after a heartbeat that was not due, and ends on a cancel request that comes with one',
    answers: [RECORDED, PACED, RECORDED, THROTTLED, PACED, RECORDED, CANCEL],
    said: ['recorded', 'not recorded: 200 KeyThrottled', 'recorded', 'cancel requested: work told to end'],
    exitCode: 90,
  },
  {
    given: 'stops the work if nothing was recorded for longer than the timeout, whatever was not due',
    answers: [RECORDED, PACED],
    said: ['recorded', 'nothing recorded for 12 s: work stopped'],
    exitCode: 92,
  },
];

describe.concurrent.each(EXAMPLES)('$file', ({ file, command, isMissing: skips }) => {
  it.skipIf(skips).each(SITUATIONS)('$given', async ({ answers, said, exitCode }) => {
    await using relay = await openScriptedRelay(answers);
    const worker = new AProcess(command, [`examples/${file}`, 'sleep', '600'], {
      HEARTBEAT_RELAY_URL: relay.url,
      HEARTBEAT_DOMAIN: 'orders',
      HEARTBEAT_KEY: 'key',
      HEARTBEAT_TIMEOUT_SECONDS: '12',
      TASK_TOKEN: 'token',
    });
    const ended = await worker.ended;
    const lines = ended.stderr.split('\n').filter((line) => line.startsWith('heartbeat: ') && !NO_ANSWER.test(line));
    // An example says once what it has just said, unless it had to say something else meanwhile.
    const changes = lines.filter((line, index) => line !== lines[index - 1]);
    expect(changes).toEqual(said.map((text) => `heartbeat: ${text}`));
    expect(ended.exitCode).toBe(exitCode);
    for (const body of relay.received) {
      expect(body).toEqual({ taskToken: 'token', heartbeatTimeoutSeconds: 12, nextHeartbeatSeconds: 4 });
    }
  });
});
