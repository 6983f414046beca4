import { describe, expect, it } from 'vitest';

import { aHost } from './bundle.ts';

/** Returns the process id and how often the process has answered. */
const COUNTING = `
let calls = 0;
export const handler = async () => ({ pid: process.pid, calls: ++calls });`;

const REQUEST_ID: unknown = expect.stringMatching(/^[\da-f]{8}-/);
const LOG_STREAM: unknown = expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][\da-f]{32}$/);
const LEFT: unknown = expect.toSatisfy((left: number) => left > 3_000 && left <= 5_000);
const TRACE: unknown = expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24};Parent=[\da-f]{16};Sampled=0$/);

describe.concurrent('an invocation', () => {
  it('passes event and context, and returns the result', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost(
      `
      export const handler = async (event, context) =>
        ({ event, ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });`,
      { atEnd },
    );
    const event = { a: [1, 'é'], nested: { b: null } };
    expect(await host.invoke(event)).toEqual({
      kind: 'answered',
      result: {
        event,
        awsRequestId: REQUEST_ID,
        functionName: 'relay',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:relay',
        memoryLimitInMB: '128',
        logGroupName: '/aws/lambda/relay',
        logStreamName: LOG_STREAM,
        left: LEFT,
        trace: TRACE,
      },
    });
  });

  it('reuses the container of the previous one', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost(COUNTING, { atEnd });
    const first = await host.invoke({});
    const second = await host.invoke({});
    expect(first).toMatchObject({ result: { calls: 1 } });
    expect(second).toMatchObject({ result: { calls: 2 } });
    expect(host.containerCount).toBe(1);
  });

  it.for([
    { given: 'an ES module', files: { 'index.mjs': 'export const handler = () => "esm";' }, result: 'esm' },
    { given: 'CommonJS', files: { 'index.js': 'exports.handler = async () => "cjs";' }, result: 'cjs' },
    {
      given: 'CommonJS with exports that only running it reveals',
      files: { 'index.cjs': 'module.exports = Object.fromEntries([["handler", async () => "dynamic"]]);' },
      result: 'dynamic',
    },
    {
      given: 'a file in a folder',
      files: { 'src/app.mjs': 'export const api = { run: () => "deep" };' },
      handler: 'src/app.api.run',
      result: 'deep',
    },
    { given: 'no result', files: { 'index.mjs': 'export const handler = () => {};' }, result: null },
  ])('runs $given', async ({ files, handler = 'index.handler', result }, { onTestFinished: atEnd }) => {
    const { host } = aHost(files, { handler, atEnd });
    expect(await host.invoke({})).toEqual({ kind: 'answered', result });
  });

  it("passes on the container's output line by line", async ({ onTestFinished: atEnd }) => {
    const { host, lines } = aHost(
      `
      export const handler = async () => { process.stdout.write('one\\ntw'); process.stdout.write('o\\nhalf'); console.error('bad'); };`,
      { atEnd },
    );
    await host.invoke({});
    await host.close();
    expect(lines.filter((line) => line !== 'bad')).toEqual(['one', 'two', 'half']);
    expect(lines).toContain('bad');
  });
});

it.for([
  {
    given: 'more variables than Lambda allows',
    over: { environment: { A: 'x'.repeat(4_089) } },
    message: '4097 bytes',
  },
  { given: 'a reserved variable', over: { environment: { AWS_REGION: 'x' } }, message: 'AWS_REGION' },
])('a host does not start with $given', ({ over, message }) => {
  expect(() => aHost('', over)).toThrow(message);
});
