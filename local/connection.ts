import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

/** Where the local stack keeps its state unless told otherwise, seen from the project's folder. */
export const DEFAULT_STATE_FOLDER = '.local';

export const CONNECTION_FILE = 'connection.json';

const CONNECTION = z.object({
  relayUrl: z.string(),
  /** What vouches for the relay's certificate, where it speaks TLS. */
  caFile: z.string().optional(),
  awsUrl: z.string(),
  region: z.string(),
  accountId: z.string(),
  operator: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  domain: z.string(),
  worker: z.object({ keyId: z.string(), secret: z.string() }),
  task: z.object({
    taskToken: z.string(),
    taskId: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    activityId: z.string(),
  }),
});

/** How to reach the local stack, as an operator and as its first worker. It is there only while the stack runs. */
export type Connection = z.infer<typeof CONNECTION>;

/** Thrown where no local stack runs on the state folder. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError';
}

/** The process that runs on a state folder writes its id here. */
export const LOCK_FILE = 'lock';

/** Whether a process of this id is there, be it ours or another user's. */
export function isAlive(processId: number): boolean {
  try {
    return processId > 0 && process.kill(processId, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @throws NotRunningError, also where a killed process left its files. */
export function readConnection(stateFolder: string): Connection {
  const file = join(stateFolder, CONNECTION_FILE);
  try {
    const holder = Number(readFileSync(join(stateFolder, LOCK_FILE), 'utf8'));
    if (!isAlive(holder)) throw new Error(`process ${holder} is gone`);
    return CONNECTION.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new NotRunningError(`no local stack runs on ${stateFolder}: start one with npm start`, { cause });
  }
}
