import { type Ended, runProgram, SEARCH_PATH } from './program.ts';
import type { InstallableClient, SdkClient } from './sdk-client.ts';
import type { Connection } from '../../local/connection.ts';

export interface Call {
  readonly connection: Connection;
  /** An empty home folder. */
  readonly home: string;
  readonly taskToken?: string;
  /** Set in code. */
  readonly endpoint?: string;
  /** Beside, or instead of, the worker's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** One heartbeat of a client that knows its key, the region by a variable that it reads, and nothing else. */
export async function sendHeartbeat(
  { regionVariable }: Pick<InstallableClient, 'regionVariable'>,
  { command, args, environment: own }: SdkClient,
  { connection, home, taskToken = connection.task.taskToken, endpoint, environment = {} }: Call,
): Promise<Ended> {
  return runProgram(command, args({ taskToken, endpoint }), {
    PATH: SEARCH_PATH,
    HOME: home,
    AWS_ACCESS_KEY_ID: connection.worker.keyId,
    AWS_SECRET_ACCESS_KEY: connection.worker.secret,
    [regionVariable]: connection.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    TASK_TOKEN: taskToken,
    RELAY: endpoint,
    ...own,
    ...environment,
  });
}
