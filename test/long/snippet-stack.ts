import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Ended, runProgram } from '../clients/program.ts';
import { toWorkerEnvironment } from '../clients/worker-cli.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { recordedHeartbeats } from '../e2e/swf-journal.ts';

/** A local stack, and a folder for programs that send heartbeats to it. */
export class SnippetStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'relay-snippet-'));
  readonly #stack: AStack;

  private constructor(stack: AStack) {
    this.#stack = stack;
  }

  static async start(): Promise<SnippetStack> {
    return new SnippetStack(await startStack());
  }

  async close(): Promise<void> {
    await this.#stack.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** How a program ended that has the environment that docs/aws-clients.md sets, and the details that SWF recorded by it. */
  async run(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const { connection, statePath } = this.#stack;
    const { relayUrl, domain, task } = connection;
    const before = recordedHeartbeats(statePath).length;
    const ended: Ended = await runProgram(command, args, {
      ...toWorkerEnvironment(connection, this.folder),
      RELAY: `${relayUrl}/domains/${domain}`,
      TASK_TOKEN: task.taskToken,
      ...more,
    });
    return { ...ended, recorded: recordedHeartbeats(statePath).slice(before) };
  }
}
