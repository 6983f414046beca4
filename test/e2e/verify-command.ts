import { mkdirSync, writeFileSync } from 'node:fs';

import { CONNECTION_FILE, type Connection, LOCK_FILE } from '../../local/connection.ts';
import type { LocalAccess } from '../../operator/target.ts';
import type { Line } from '../../cli/verify/story.ts';
import { type Ended as EndedHere, FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { SLOW_STOPWATCH } from '../unhurried.ts';
import { AProcess, type Ended } from './a-process.ts';

/**
 * `npm run verify -- --local` on a state folder, in this process.
 *
 * @param interruptAfter what was printed when Ctrl-C is pressed; it is not pressed without this.
 */
export async function runVerify(
  statePath: string,
  options: readonly string[] = [],
  interruptAfter?: RegExp,
): Promise<EndedHere> {
  const terminal = new FakeTerminal((own) => {
    if (interruptAfter?.test(own.stdout) === true) own.interrupt();
  });
  return runProgram(['verify', '--local', '--state', statePath, ...options], terminal);
}

/** The same as a process of its own. */
export function startVerify(statePath: string, ...options: readonly string[]): AProcess {
  return new AProcess(process.execPath, toCommand(statePath, options));
}

/** As such a process, for a run that should see everything as it should be: on a busy machine some answer takes too long. */
export function startUnhurriedVerify(statePath: string, ...options: readonly string[]): AProcess {
  return new AProcess(process.execPath, toCommand(statePath, options), SLOW_STOPWATCH);
}

const toCommand = (statePath: string, options: readonly string[]): string[] => [
  'cli/heartbeat-relay.mjs',
  'verify',
  '--local',
  '--state',
  statePath,
  ...options,
];

/** Where and as whom the operator works, in place of what an AWS configuration of one's own says. */
export function toOperatorVariables({ awsUrl, region, operator }: LocalAccess): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

const LINE = /^(?<word>ok|FAIL|skip) +(?<name>\S+(?: \S+)*?) {2,}(?<text>\S.*)$/gm;
const KINDS: Readonly<Record<string, Line['kind']>> = { ok: 'ok', FAIL: 'fail', skip: 'skip' };

/** The lines of what the command printed, in their order. */
export function linesOf({ stdout }: Pick<Ended, 'stdout'>): Line[] {
  return [...stdout.matchAll(LINE)].map(({ groups: { word = '', name = '', text = '' } = {} }) => ({
    kind: KINDS[word] ?? 'skip',
    name,
    text,
  }));
}

/** A state folder whose connection leads to another address, or in as another operator. This process answers for it. */
export function writeState(statePath: string, connection: Connection): void {
  mkdirSync(statePath, { recursive: true });
  writeFileSync(`${statePath}/${LOCK_FILE}`, `${process.pid}`);
  writeFileSync(`${statePath}/${CONNECTION_FILE}`, JSON.stringify(connection));
}
