import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { STORY } from '../../cli/verify/story.ts';
import type { Ended } from '../cli/fake-terminal.ts';
import { UNHURRIED } from '../unhurried.ts';
import { AFolder } from './a-folder.ts';
import { AProcess } from './a-process.ts';
import { type Meddling, startProxy } from './a-proxy.ts';
import { openGateway } from './a-sabotaged-stack.ts';
import { type AStack, startStack } from './a-stack.ts';
import { linesOf, runVerify, writeState } from './verify-command.ts';
import { type Bed, meddling, ROWS } from './verify-faults.rows.ts';

let a: AStack;
let bed: Bed;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  a = await startStack({ containerEnvironment: UNHURRIED });
  bed = { a, folder: new AFolder(), keep };
});
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await a.close();
  bed.folder[Symbol.dispose]();
});

const keep: Bed['keep'] = ({ url, close }) => {
  closing.push(close);
  return url;
};

/** How long the command goes on. */
interface Run {
  readonly options?: readonly string[];
  readonly interruptAfter?: RegExp;
}

/** Where the command would wait for a minute until the revocation holds. */
const BEFORE_REVOCATION: Run = { interruptAfter: /^\S+ +silence /m };

/** A state folder for this relay: AWS names its address in place of the stack's own, and may meddle with more. */
async function writeStateOf(relayUrl: string, name: string, aws: Meddling = {}): Promise<string> {
  const toAnswerBody = (body: string): string => body.replaceAll(a.stack.relayUrl, relayUrl);
  const awsUrl = keep(await startProxy(a.stack.awsUrl, { toAnswerBody, ...aws }));
  const statePath = bed.folder.state(name);
  writeState(statePath, { ...a.connection, awsUrl });
  return statePath;
}

/** The command in this process. */
async function runOn(
  relayUrl: string,
  name: string,
  { options = [], interruptAfter }: Run = {},
  aws: Meddling = {},
): Promise<Ended> {
  return runVerify(await writeStateOf(relayUrl, name, aws), ['--yes', ...options], interruptAfter);
}

/** But for the speed of this machine, which may be busy. */
const failuresOf = (ended: Ended) => linesOf(ended).filter(({ kind, name }) => kind === 'fail' && name !== 'speed');

/** Where AWS itself answers otherwise than the API reference says. The relay is as it should be. */
describe.concurrent('npm run verify says who said what', () => {
  it('cannot tell how characters are counted at an endpoint without length limits', async () => {
    const long = 'x'.repeat(2_049);
    const answerTo: Meddling['answerTo'] = (_path, _authorization, sent) =>
      sent.includes(long) ? { status: 200, body: '{"cancelRequested":false}' } : undefined;
    const ended = await runOn(a.stack.relayUrl, 'no-limits', BEFORE_REVOCATION, { answerTo });
    expect(failuresOf(ended)).toEqual([]);
    expect(linesOf(ended).find(({ name }) => name === 'characters')).toEqual({
      kind: 'skip',
      name: 'characters',
      text: "can't tell: SWF itself accepts 2,049 characters, so it does not count them",
    });
  });

  it('quotes SWF itself, never the relay, as SWF', async () => {
    const toAnswerBody = (body: string): string => body.replaceAll('Unknown activity', 'No such activity');
    const ended = await runOn(a.stack.relayUrl, 'other-words', BEFORE_REVOCATION, { toAnswerBody });
    const text: unknown = expect.stringMatching(/^SWF itself says "UnknownResourceFault: No such activity/);
    expect(failuresOf(ended)).toEqual(['canceled', 'end'].map((name) => ({ kind: 'fail', name, text })));
  });
});

describe.concurrent('npm run verify names what is wrong with', () => {
  it.each(ROWS)('$given', async ({ given, open, says }) => {
    const isWithoutKey = 'key' in says || 'address' in says;
    const ended = await runOn(await open(bed), given.replaceAll(/\W/g, '-'), isWithoutKey ? {} : BEFORE_REVOCATION);
    const wanted = Object.entries(says).map(([name, text]) => [name, expect.stringMatching(text) as unknown] as const);
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({
      exitCode: isWithoutKey ? 1 : 130,
      stderr: '',
    });
    expect(failuresOf(ended).map(({ name, text }) => [name, text])).toEqual(wanted);
    expect(ended.stdout).not.toMatch(/[\w-]{43}/);
    const revoked = linesOf(ended).find(({ name }) => name === 'revoked');
    expect(revoked?.text).toBe(isWithoutKey ? 'not checked, because of key' : undefined);
  });

  it('a gateway that renames headers of answers, as REST APIs do, and still looks at the revocation', async () => {
    const relayUrl = await meddling(bed, {
      toAnswerHeaders: ({ 'www-authenticate': scheme, ...headers }) =>
        scheme === undefined ? headers : { ...headers, 'x-amzn-remapped-www-authenticate': scheme },
    });
    const ended = await runOn(relayUrl, 'renamed');
    expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
    const text = 'x-amzn-remapped-www-authenticate: Bearer instead of www-authenticate: Bearer';
    expect(failuresOf(ended)).toEqual([{ kind: 'fail', name: 'headers back', text }]);
    expect(linesOf(ended).find(({ name }) => name === 'revoked')?.kind).toBe('ok');
  });

  it('a relay that takes longer than 4.5 s', async () => {
    const relayUrl = await meddling(bed, {
      answerTo: (path) => (path.includes('/tasks/') ? { status: 403, body: '{}' } : undefined),
      toDelayMs: (path) => (path.includes('/tasks/') ? 4_600 : 0),
    });
    const ended = await runOn(relayUrl, 'slow');
    const speed = linesOf(ended).find(({ name }) => name === 'speed');
    expect(speed?.text).toMatch(/^an answer took \d+ ms instead of at most 4500 ms$/);
  });

  it('quietly where nobody reads it, but not as a success', async () => {
    const statePath = bed.folder.state('closed');
    writeState(statePath, a.connection);
    const command = `${process.execPath} cli/heartbeat-relay.mjs verify --local --yes --state ${statePath}`;
    const { stdout, stderr } = await new AProcess('bash', ['-c', `${command} | head -1; echo "\${PIPESTATUS[*]}"`])
      .ended;
    expect(stdout).toMatch(/^HeartbeatRelay-dev in account .*\n1 0\n$/);
    expect(stderr).toBe('');
  });
});

/** The line `silence`, where SWF's history of the silent task has these details. */
async function silenceOf(name: string, details: string | undefined) {
  const added = details === undefined ? '' : `,"details":${JSON.stringify(details)}`;
  const toAnswerBody = (body: string): string =>
    body.replaceAll('"timeoutType":"HEARTBEAT"', `"timeoutType":"HEARTBEAT"${added}`);
  const ended = await runOn(a.stack.relayUrl, name, BEFORE_REVOCATION, { toAnswerBody });
  return linesOf(ended).find((line) => line.name === 'silence');
}

describe.concurrent('the line silence of npm run verify', () => {
  it.each([
    {
      given: 'removes',
      details: undefined,
      text: 'a heartbeat without details removes the earlier details',
    },
    {
      given: 'keeps',
      details: 'half way ✓',
      text: 'a heartbeat without details keeps the earlier details',
    },
  ])('is ok where SWF $given the details', async ({ given, details, text }) => {
    const whole = `SWF timed the task out after 5 s; ${text}`;
    expect(await silenceOf(given, details)).toEqual({ kind: 'ok', name: 'silence', text: whole });
  });

  it('is FAIL only where the history has other details', async () => {
    expect(await silenceOf('other', 'half')).toEqual({
      kind: 'fail',
      name: 'silence',
      text: 'the details in its history are not the ones that were sent',
    });
  });
});

const LINE = z.strictObject({ kind: z.enum(['ok', 'fail', 'skip']), name: z.string(), text: z.string() });

describe('npm run verify -- --output json', () => {
  it('prints each check as an object on a line of its own, and nothing else', async () => {
    const nowhere = keep(await openGateway(a.stack, async () => ({ statusCode: 404, headers: {}, body: '' })));
    const { exitCode, stdout } = await runOn(nowhere, 'json', { options: ['--output', 'json'] });
    expect(exitCode).toBe(1);
    const checks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => LINE.parse(JSON.parse(line)));
    expect(checks[0]).toMatchObject({ kind: 'fail', name: 'address' });
    expect(checks.map(({ name }) => name)).toEqual(STORY.map(({ name }) => name));
  });
});
