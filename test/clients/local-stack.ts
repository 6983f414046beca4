import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Connection, readConnection } from '../../local/connection.ts';
import { FILES } from '../../local/bootstrap.ts';
import { run } from '../../local/running.ts';

/** A local stack of a test file's own, for clients that are programs of their own. */
export interface ALocalStack {
  readonly connection: Connection;
  /** Holds the first worker's `Authorization` header, as the printed steps give it to curl. */
  readonly workerHeaderFile: string;
  readonly close: () => Promise<void>;
}

export async function startLocalStack(): Promise<ALocalStack> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-clients-'));
  const statePath = join(folder, 'state');
  const running = await run({ statePath, relayPort: 0, awsPort: 0, maxContainers: 1 });
  return {
    connection: readConnection(statePath),
    workerHeaderFile: join(statePath, FILES.workerHeader),
    close: async () => {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
