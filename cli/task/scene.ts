import type { SWFClient } from '@aws-sdk/client-swf';

import { createSwfClient } from '../../local/bootstrap.ts';
import { type Connection, readConnection } from '../../local/connection.ts';
import { StateFolder } from '../../local/state-folder.ts';

/** A running local stack, and its operator's access to SWF. */
export interface TaskScene {
  readonly swf: SWFClient;
  readonly connection: Connection;
  readonly stateFolder: StateFolder;
}

/** @throws NotRunningError */
export function openScene(state: string): TaskScene {
  const connection = readConnection(state);
  return { swf: createSwfClient(connection), connection, stateFolder: StateFolder.of(state) };
}
