import { describe, expect, it } from 'vitest';

import { aHost } from './bundle.ts';

describe.concurrent('a failure', () => {
  it.for([
    { given: 'a thrown error', code: 'throw new TypeError("no");', errorType: 'TypeError' },
    { given: 'a thrown string', code: 'throw "no";', errorType: 'string' },
    { given: 'a result that is not JSON', code: 'return 1n;', errorType: 'TypeError' },
    {
      given: 'a result over 6 MB',
      code: 'return "x".repeat(6_291_556);',
      errorType: 'Function.ResponseSizeTooLarge',
    },
  ])('$given does not end the container', async ({ code, errorType }, { onTestFinished: atEnd }) => {
    const { host } = aHost(
      `export const handler = async (event) => { if (event.fail) { ${code} } return process.pid; };`,
      { atEnd },
    );
    const before = await host.invoke({});
    expect(await host.invoke({ fail: true })).toEqual({ kind: 'failed', errorType });
    expect(await host.invoke({})).toEqual(before);
  });

  it.for([
    { given: 'an exit', code: 'process.exit(0);', errorType: 'Runtime.ExitError' },
    {
      given: 'a crash outside the handler',
      code: 'setImmediate(() => { throw new Error(); }); await new Promise(() => {});',
      errorType: 'Runtime.ExitError',
    },
    {
      given: 'disconnecting from the host',
      code: 'process.disconnect(); await new Promise(() => {});',
      errorType: 'Runtime.ExitError',
    },
    // It keeps the event loop, and does not compute meanwhile.
    {
      given: 'an endless loop',
      code: 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);',
      errorType: 'Sandbox.Timedout',
    },
    { given: 'a promise that never settles', code: 'await new Promise(() => {});', errorType: 'Sandbox.Timedout' },
  ])(
    '$given ends the container, and the next invocation gets a new one',
    async ({ code, errorType }, { onTestFinished: atEnd }) => {
      const { host } = aHost(
        `export const handler = async (event) => { if (event.fail) { ${code} } return 'well'; };`,
        {
          timeoutMs: 800,
          atEnd,
        },
      );
      expect(await host.invoke({ fail: true })).toEqual({ kind: 'failed', errorType });
      expect(await host.invoke({})).toEqual({ kind: 'answered', result: 'well' });
      expect(host.containerCount).toBe(1);
    },
  );

  it('exceeding the memory limit ends the container', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost('export const handler = async () => { const all = []; for (;;) all.push([all.length]); };', {
      memoryMb: 16,
      atEnd,
    });
    expect(await host.invoke({})).toEqual({ kind: 'failed', errorType: 'Runtime.ExitError' });
  });

  it.for([
    { given: 'throws', files: { 'index.mjs': 'throw new RangeError("x");' }, errorType: 'RangeError' },
    { given: 'is not JavaScript', files: { 'index.mjs': 'export const = ;' }, errorType: 'SyntaxError' },
    { given: 'exits', files: { 'index.mjs': 'process.exit(1);' }, errorType: 'Runtime.ExitError' },
    { given: 'does not exist', files: { 'other.mjs': '' }, errorType: 'Runtime.ImportModuleError' },
    {
      given: 'exports no handler',
      files: { 'index.mjs': 'export const handler = 1;' },
      errorType: 'Runtime.HandlerNotFound',
    },
    {
      given: 'never finishes loading',
      files: { 'index.mjs': 'await new Promise((r) => setTimeout(r, 60_000));' },
      errorType: 'Sandbox.Timedout',
      initTimeoutMs: 300,
    },
  ])(
    'code that $given never starts',
    async ({ files, errorType, initTimeoutMs = 5_000 }, { onTestFinished: atEnd }) => {
      const { host } = aHost(files, { initTimeoutMs, atEnd });
      expect(await host.invoke({})).toEqual({ kind: 'failed', errorType });
      expect(host.containerCount).toBe(0);
    },
  );

  it('the next invocation retries a failed start', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost(
      `
      import { existsSync, writeFileSync } from 'node:fs';
      if (!existsSync('seen')) { writeFileSync('seen', ''); throw new Error('first'); }
      export const handler = () => 'second';`,
      { atEnd },
    );
    expect(await host.invoke({})).toEqual({ kind: 'failed', errorType: 'Error' });
    expect(await host.invoke({})).toEqual({ kind: 'answered', result: 'second' });
  });
});
