import { type ChildProcess, execFile, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

import type { z } from 'zod';

/** A process that is measured or takes part in a measurement. It answers one message at a time. */
export interface Probe<Started> {
  /** Its first message, sent when it is ready. */
  readonly started: Started;
  readonly ask: <Answer>(schema: z.ZodType<Answer>, message: object) => Promise<Answer>;
  /** Resolves when the process has ended. */
  readonly stop: () => Promise<void>;
}

export type Environment = Readonly<Record<string, string>>;

/** Starts a process with exactly this environment. It inherits no variables. */
export async function startProbe<Started>(
  schema: z.ZodType<Started>,
  file: string,
  args: readonly string[],
  env: Environment,
  execArgv: readonly string[] = [],
): Promise<Probe<Started>> {
  // The function logs to standard output. Errors go to standard error, and every answer is checked.
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = fork(file, args, { env, execArgv: [...execArgv], serialization: 'advanced', stdio });
  const started = schema.parse(await nextMessage(child, file));
  return {
    started,
    ask: async (answer, message) => {
      const next = nextMessage(child, file);
      child.send(message);
      return answer.parse(await next);
    },
    stop: async () => {
      const exit = once(child, 'exit');
      // Every probe exits when its channel closes.
      child.disconnect();
      await exit;
    },
  };
}

async function nextMessage(child: ChildProcess, file: string): Promise<unknown> {
  const ended = new AbortController();
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]): never => {
    throw new Error(`${file} exited with code ${String(code)}`);
  });
  try {
    const messages: unknown[] = await Promise.race([once(child, 'message', { signal: ended.signal }), exit]);
    return messages[0];
  } finally {
    exit.catch(() => undefined);
    ended.abort();
  }
}

const run = promisify(execFile);

/** Runs a process to its end and parses its JSON output. It has no channel: a channel would load Node modules. */
export async function runProbe<Answer>(
  schema: z.ZodType<Answer>,
  file: string,
  args: readonly string[],
  env: Environment,
): Promise<Answer> {
  const { stdout } = await run(process.execPath, [file, ...args], { env });
  return schema.parse(JSON.parse(stdout));
}
