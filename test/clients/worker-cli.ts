import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';

import type { Connection } from '../../local/connection.ts';
import { type Ended, runProgram, SEARCH_PATH } from './program.ts';
import { type Person, runInTerminal } from './terminal.ts';

/** The command of docs/aws-clients.md. */
export const COMMAND = ['swf', 'record-activity-task-heartbeat'];

export const PROFILE = 'press-7';

/** All that a worker's AWS CLI knows: its key, the region, and a home folder of its own. */
export function toWorkerEnvironment({ worker, region }: Connection, home: string): Record<string, string> {
  return {
    PATH: SEARCH_PATH,
    HOME: home,
    AWS_ACCESS_KEY_ID: worker.keyId,
    AWS_SECRET_ACCESS_KEY: worker.secret,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Its prompt waits 2 s for the answer of a terminal that it asks where the cursor stands.
    PROMPT_TOOLKIT_NO_CPR: '1',
  };
}

/** Writes the worker's key into the home folder's two files, as a profile. */
export function writeProfile({ worker, region }: Connection, home: string): void {
  const folder = join(home, '.aws');
  mkdirSync(folder, { recursive: true });
  const credentials = `aws_access_key_id = ${worker.keyId}\naws_secret_access_key = ${worker.secret}\n`;
  writeFileSync(join(folder, 'credentials'), `[${PROFILE}]\n${credentials}`);
  writeFileSync(join(folder, 'config'), `[profile ${PROFILE}]\nregion = ${region}\n`);
}

export interface Call {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** In a pseudo-terminal, where `true` with nobody at it. */
  readonly terminal?: Person | true;
}

/** `aws swf record-activity-task-heartbeat …`, to its end. */
export async function recordHeartbeat(program: string, { args, environment, terminal }: Call): Promise<Ended> {
  const all = [...COMMAND, ...args];
  if (terminal === undefined) return runProgram(program, all, environment);
  return runInTerminal(program, all, environment, terminal === true ? undefined : terminal);
}

/** How a call is to end: texts, or matchers of texts. */
export interface Ending {
  readonly exitCode: number;
  readonly stdout: unknown;
  readonly stderr: unknown;
}

/** How the CLI ends where the heartbeat is refused. */
export function refused(fault: string, message: string, aside = ''): Ending {
  const said = `An error occurred (${fault}) when calling the RecordActivityTaskHeartbeat operation${aside}: ${message}`;
  return { exitCode: 254, stdout: '', stderr: `\n${said}\n` };
}

export const answered = (cancelRequested: boolean): Ending => ({
  exitCode: 0,
  stdout: `{\n    "cancelRequested": ${cancelRequested}\n}\n`,
  stderr: '',
});

/** How the CLI ends where it gives up by itself, in its own words. */
export function failed(exitCode: number, text: string): Ending {
  const stderr: unknown = expect.stringContaining(text);
  return { exitCode, stdout: '', stderr };
}
