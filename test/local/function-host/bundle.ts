import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';

import { FunctionHost } from '../../../local/function-host/host.ts';
import type { FunctionHostOptions, FunctionSettings } from '../../../local/function-host/settings.ts';

/** What cleans up: a test that runs beside others has to hand over its own. */
type AtEnd = TestContext['onTestFinished'];

/** Writes files into a folder of their own, gone when the test ends, and returns the folder. */
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

/** A host of a bundle, given as an `index.mjs` or by its files; closed when the test ends. */
export function aHost(code: string | Readonly<Record<string, string>>, over: Over = {}): TestHost {
  const { atEnd = onTestFinished } = over;
  const codeDir = aFolder(typeof code === 'string' ? { 'index.mjs': code } : code, atEnd);
  const lines: string[] = [];
  const {
    maxContainers = 2,
    queueMs = 5_000,
    localEnvironment = {},
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
 * A place that containers report to by a connection each: `connected` resolves with the first, `gone` when it breaks,
 * which is how a test knows that a process has ended without asking for it again and again.
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

/** Code that holds a connection to a lifeline for as long as its process lives. */
export const holdLifeline = (port: number): string =>
  `import { connect } from 'node:net'; connect(${port}, '127.0.0.1').on('error', () => {});`;
