import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { snippetOf } from '../docs/recordings.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { recordedHeartbeats } from '../e2e/swf-journal.ts';
import { runProgram, SEARCH_PATH } from './program.ts';
import { toWorkerEnvironment } from './worker-cli.ts';

const { exitCode } = await runProgram('python3', ['-c', 'import boto3'], { PATH: SEARCH_PATH });
const hasBoto = exitCode === 0;
if (!hasBoto) process.stderr.write("skipped: the page's Python, for there is no boto3\n");

/** The code of docs/aws-clients.md is run as it stands, with the environment that the page sets. */
describe("the page's code for an SDK, against a local stack", () => {
  let home: string;
  let stack: AStack;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
    stack = await startStack();
  });
  afterAll(async () => {
    await stack.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** How the program ended, and the details of what SWF has recorded by it. */
  const run = async (command: string, ...args: readonly string[]) => {
    const { relayUrl, domain, task } = stack.connection;
    const before = recordedHeartbeats(stack.statePath);
    const ended = await runProgram(command, args, {
      ...toWorkerEnvironment(stack.connection, home),
      RELAY: `${relayUrl}/domains/${domain}`,
      TASK_TOKEN: task.taskToken,
    });
    const recorded = recordedHeartbeats(stack.statePath).slice(before.length);
    return { ...ended, recorded: recorded.map(({ details }) => details) };
  };

  it('JavaScript', async () => {
    const played = await run(process.execPath, '--input-type=module', '--eval', snippetOf('js'));
    expect(played).toEqual({ exitCode: 0, stdout: 'false\n', stderr: '', recorded: ['42 %'] });
  });

  it.skipIf(!hasBoto)('Python', async () => {
    const played = await run('python3', '-c', snippetOf('python'));
    // boto3 may say there that it will not support this Python for long.
    const stderr: unknown = expect.any(String);
    expect(played).toEqual({ exitCode: 0, stdout: 'False\n', stderr, recorded: ['42 %'] });
  });
});
