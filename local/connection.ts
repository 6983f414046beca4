import { join } from 'node:path';

import { z } from 'zod';

import { assertPrivateFolder, readPrivateFile, StateFolderError } from './private-files.ts';

/** The default state folder of the local stack, relative to the current folder. */
export const DEFAULT_STATE_FOLDER = '.local';

export const CONNECTION_FILE = 'connection.json';

const CONNECTION = z.object({
  relayUrl: z.string(),
  /** The authority that signed the relay's certificate; absent without TLS. */
  caFile: z.string().optional(),
  /** Absent if the stack runs without a console. */
  consoleUrl: z.string().optional(),
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

/** How to reach the local stack, as an operator and as its first worker. The file exists only while the stack runs. */
export type Connection = z.infer<typeof CONNECTION>;

/** Thrown when no local stack runs on the state folder. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError';
}

/** Holds the id of the process that runs on the state folder. */
export const LOCK_FILE = 'lock';

/** Whether a process with this id exists, under any user. */
export function isAlive(processId: number): boolean {
  try {
    return processId > 0 && process.kill(processId, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * @throws NotRunningError, also if a killed process left its files. StateFolderError if others can write to the folder:
 * they could send the caller's keys and task tokens elsewhere.
 */
export function readConnection(stateFolder: string): Connection {
  const file = join(stateFolder, CONNECTION_FILE);
  try {
    assertPrivateFolder(stateFolder);
    const holder = Number(readPrivateFile(join(stateFolder, LOCK_FILE)));
    if (!isAlive(holder)) throw new Error(`process ${holder} is gone`);
    return CONNECTION.parse(JSON.parse(readPrivateFile(file) ?? ''));
  } catch (cause) {
    if (cause instanceof StateFolderError) throw cause;
    throw new NotRunningError(`no local stack runs on ${stateFolder}: start one with npm start`, { cause });
  }
}
