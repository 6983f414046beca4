import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { drawTerminal, type TypedLine } from './draw-terminal.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The story did not go as it should: there is nothing to show. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Records `npx heartbeat-relay demo`. */
export async function makeTerminal(): Promise<string> {
  return drawTerminal('npx heartbeat-relay demo', await record(['demo']));
}

/** Each line that a command prints, and when. */
async function record(args: readonly string[]): Promise<readonly TypedLine[]> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, ['cli/heartbeat-relay.mjs', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: TypedLine[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push({ text, atMs: performance.now() - startedAtMs });
  }
  await exited;
  if (child.exitCode !== 0) throw new RecordingError(`heartbeat-relay ${args.join(' ')} ended with ${child.exitCode}`);
  return lines;
}
