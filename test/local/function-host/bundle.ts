import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';

import { COMPILE_CACHE } from '../../compile-cache.ts';
import { FunctionHost } from '../../../local/function-host/host.ts';
import type { FunctionHostOptions, FunctionSettings } from '../../../local/function-host/settings.ts';

/** Registers the cleanup. A concurrent test must pass its own `onTestFinished`. */
type AtEnd = TestContext['onTestFinished'];

/** Writes files into a new folder and returns the folder. Removes it when the test ends. */
export function aFolder(files: Readonly<Record<string, string>>, atEnd: AtEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'function-host-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export const functionSettings = (codeDir: string): FunctionSettings => ({
  functionName: 'relay',
  functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:relay',
  handler: 'index.handler',
  codeDir,
  memoryMb: 128,
  timeoutMs: 5_000,
  environment: {},
  region: 'eu-west-1',
  logGroupName: '/aws/lambda/relay',
});

export interface TestHost {
  readonly host: FunctionHost;
  readonly lines: string[];
  readonly codeDir: string;
}

interface Over extends Partial<FunctionSettings>, Partial<FunctionHostOptions> {
  readonly atEnd?: AtEnd;
}

/** Creates a host for a bundle: either the code of `index.mjs`, or all files. Closes the host when the test ends. */
export function aHost(code: string | Readonly<Record<string, string>>, over: Over = {}): TestHost {
  const { atEnd = onTestFinished } = over;
  const codeDir = aFolder(typeof code === 'string' ? { 'index.mjs': code } : code, atEnd);
  const lines: string[] = [];
  const {
    maxContainers = 2,
    queueMs = 5_000,
    localEnvironment = COMPILE_CACHE,
    initTimeoutMs,
    onMetric,
    atEnd: _atEnd,
    ...settings
  } = over;
  const host = new FunctionHost(
    { ...functionSettings(codeDir), ...settings },
    {
      maxContainers,
      queueMs,
      localEnvironment,
      ...(initTimeoutMs === undefined ? {} : { initTimeoutMs }),
      ...(onMetric === undefined ? {} : { onMetric }),
      onLogLine: (line) => lines.push(line),
    },
  );
  atEnd(() => host.close());
  return { host, lines, codeDir };
}

/**
 * A server to which a container opens a connection. `connected` resolves when the first connection opens, and `gone`
 * when it closes. A test thus knows that a process has ended, without polling.
 */
export async function aLifeline(): Promise<{ port: number; connected: Promise<void>; gone: Promise<void> }> {
  const connected = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    connected.resolve();
    socket.on('error', () => undefined);
    socket.once('close', () => gone.resolve());
    socket.resume();
  });
  const listening = Promise.withResolvers<AddressInfo>();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') listening.resolve(address);
  });
  onTestFinished(() => {
    server.close();
  });
  return { port: (await listening.promise).port, connected: connected.promise, gone: gone.promise };
}

/** Code that keeps a connection to a lifeline open until its process ends. */
export const holdLifeline = (port: number): string =>
  `import { connect } from 'node:net'; connect(${port}, '127.0.0.1').on('error', () => {});`;
