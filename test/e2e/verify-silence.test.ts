import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AFolder } from './a-folder.ts';
import { startProxy } from './a-proxy.ts';
import { type AStack, startStack } from './a-stack.ts';
import { until } from './until.ts';
import { linesOf, startVerify, writeState } from './verify-command.ts';

let a: AStack;
let folder: AFolder;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  folder = new AFolder();
  a = await startStack();
});
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await a.close();
  folder[Symbol.dispose]();
});

/** The line `silence`, where SWF's history of the silent task has these details. */
async function silenceOf(name: string, details: string | undefined) {
  const { awsUrl, close } = await openAws(details);
  closing.push(close);
  const statePath = folder.state(name);
  writeState(statePath, { ...a.connection, awsUrl });
  const verify = startVerify(statePath, '--yes');
  await until('the line of the silent task', () => /^\w+ +silence /m.test(verify.printed) || undefined);
  const ended = await verify.signal('SIGINT');
  return linesOf(ended).find((line) => line.name === 'silence');
}

async function openAws(details: string | undefined) {
  const added = details === undefined ? '' : `,"details":${JSON.stringify(details)}`;
  const toAnswerBody = (body: string): string =>
    body.replaceAll('"timeoutType":"HEARTBEAT"', `"timeoutType":"HEARTBEAT"${added}`);
  const { url: awsUrl, close } = await startProxy(a.stack.awsUrl, { toAnswerBody });
  return { awsUrl, close };
}

describe('the line silence of npm run verify', () => {
  it.concurrent.each([
    {
      given: 'removes',
      details: undefined,
      kind: 'ok',
      text: 'a heartbeat without details removes the earlier details',
    },
    {
      given: 'keeps',
      details: 'half way ✓',
      kind: 'ok',
      text: 'a heartbeat without details keeps the earlier details',
    },
  ])('is ok where SWF $given the details', async ({ given, details, kind, text }) => {
    expect(await silenceOf(given, details)).toEqual({
      kind,
      name: 'silence',
      text: `SWF timed the task out after 5 s; ${text}`,
    });
  });

  it.concurrent('is FAIL only where the history has other details', async () => {
    expect(await silenceOf('other', 'half')).toEqual({
      kind: 'fail',
      name: 'silence',
      text: 'the details in its history are not the ones that were sent',
    });
  });
});
