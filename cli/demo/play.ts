import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Denial } from '../../local/aws/access.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { readConnection } from '../../local/connection.ts';
import { run } from '../../local/running.ts';
import { type Terminal, withProgress } from '../terminal.ts';
import { type Stage, StepError, STEPS } from './steps.ts';
import { toJson } from '../json.ts';

const NAME_WIDTH = 13;

/** Plays the whole story on a stack of its own, which leaves nothing behind. */
export async function play(output: string, terminal: Terminal): Promise<void> {
  process.umask(0o077);
  const statePath = mkdtempSync(join(tmpdir(), 'heartbeat-relay-demo-'));
  const denials: Denial[] = [];
  try {
    const signal = terminal.interruption;
    const running = await withProgress(terminal, 'starting a local stack', async () =>
      run({
        statePath,
        domains: 'orders,billing',
        relayPort: 0,
        awsPort: 0,
        maxContainers: 2,
        observer: () => ({ onDenial: (denial) => denials.push(denial) }),
        signal,
      }),
    );
    try {
      const connection = readConnection(statePath);
      const stage = { stack: running.stack, connection, swf: createSwfClient(connection), denials };
      await playSteps(stage, output, terminal, signal);
    } finally {
      await running.close();
    }
  } catch (error) {
    if (!terminal.interruption.aborted) throw error;
  } finally {
    rmSync(statePath, { recursive: true, force: true });
  }
}

/** Prints each step once it has happened. The first that does not go as told ends the story. */
async function playSteps(stage: Stage, output: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  for (const { name, act } of STEPS) {
    signal.throwIfAborted();
    const seen = await withProgress(terminal, name, async () => actOrExplain(name, async () => act(stage)));
    const line = `${terminal.style('green', 'ok')}  ${name.padEnd(NAME_WIDTH)} ${seen}\n`;
    await terminal.print(output === 'json' ? `${toJson({ step: name, seen })}\n` : line);
  }
}

async function actOrExplain(name: string, act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StepError(`FAILED  ${name}: ${reason}`, { cause: error });
  }
}
