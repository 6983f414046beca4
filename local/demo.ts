import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../cli/usage.ts';
import type { Denial } from './aws/access.ts';
import { STEPS, type Stage } from './demo-steps.ts';
import { createSwfClient } from './bootstrap.ts';
import { readConnection } from '../cli/connection.ts';
import { run } from './running.ts';

/** The whole story, on a stack of its own that leaves nothing behind. */
await runCommand(async () => {
  process.umask(0o077);
  const statePath = mkdtempSync(join(tmpdir(), 'heartbeat-relay-demo-'));
  const denials: Denial[] = [];
  try {
    const running = await run({
      statePath,
      domains: 'orders,billing',
      relayPort: 0,
      awsPort: 0,
      maxContainers: 2,
      observer: () => ({ onDenial: (denial) => denials.push(denial) }),
    });
    try {
      const connection = readConnection(statePath);
      await play({ stack: running.stack, connection, swf: createSwfClient(connection), denials });
    } finally {
      await running.close();
    }
  } finally {
    rmSync(statePath, { recursive: true, force: true });
  }
});

/** Tells each step as it comes true. The first that does not ends the story. */
async function play(stage: Stage): Promise<void> {
  for (const { name, act } of STEPS) {
    try {
      process.stdout.write(`ok  ${name.padEnd(9)} ${await act(stage)}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`FAILED  ${name}: ${reason}`, { cause: error });
    }
  }
}
