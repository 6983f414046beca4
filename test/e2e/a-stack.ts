import type { SWFClient } from '@aws-sdk/client-swf';

import { type Connection, readConnection } from '../../local/connection.ts';
import { issueKey } from '../../operator/issue.ts';
import { findLocal, type Target } from '../../operator/target.ts';
import type { Denial } from '../../local/aws/access.ts';
import type { ObservedCall } from '../../local/aws/endpoint.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { run, type RunOptions } from '../../local/running.ts';
import { startSlowClock } from '../unhurried.ts';
import { AFolder } from './a-folder.ts';
import { Worker } from './relay-worker.ts';

/** A local stack in this process, with all that can be seen of it. */
export interface AStack {
  readonly stack: LocalStack;
  readonly statePath: string;
  readonly connection: Connection;
  /** As the operator. */
  readonly swf: SWFClient;
  readonly target: Target;
  /** Under the key of the printed steps, which is for `orders` alone. */
  readonly worker: Worker;
  readonly calls: readonly ObservedCall[];
  readonly denials: readonly Denial[];
  readonly logLines: readonly string[];
  readonly issue: (...domains: string[]) => Promise<Worker>;
  readonly close: () => Promise<void>;
}

export async function startStack(options: Partial<RunOptions> = {}): Promise<AStack> {
  const folder = new AFolder();
  const statePath = folder.state();
  const calls: ObservedCall[] = [];
  const denials: Denial[] = [];
  const logLines: string[] = [];
  const running = await run({
    statePath,
    relayPort: 0,
    awsPort: 0,
    maxContainers: 2,
    // Its folder ends with it.
    keepsTables: false,
    containerEnvironment: startSlowClock(),
    observer: () => ({
      onCall: (call) => calls.push(call),
      onDenial: (denial) => denials.push(denial),
      onLogLine: (line) => logLines.push(line),
    }),
    ...options,
  });
  const { stack } = running;
  // Starting one may take longer on a busy machine than a heartbeat may wait.
  await stack.functionHost.warm(1);
  const connection = readConnection(statePath);
  const target = await findLocal(connection);
  const swf = createSwfClient(connection);
  const issue = async (...domains: string[]): Promise<Worker> =>
    new Worker(stack.relayUrl, await issueKey(target, { label: 'test', domains, expiresAtMs: null }, Date.now()));
  const close = async (): Promise<void> => {
    for (const client of [swf, target.dynamodb, target.kms]) client.destroy();
    await running.close();
    folder[Symbol.dispose]();
  };
  const worker = new Worker(stack.relayUrl, connection.worker);
  return { stack, statePath, connection, swf, target, worker, calls, denials, logLines, issue, close };
}
