import type { Command } from 'commander';

import { DEFAULT_STATE_FOLDER, readConnection } from '../local/connection.ts';
import { findDeployed, findLocal, type Target } from '../operator/target.ts';
import { UsageError } from '../operator/usage-error.ts';
import type { Terminal } from './terminal.ts';

/** Which relay a command is about. */
export interface RelayOptions {
  readonly stack?: string;
  readonly relay?: string;
  readonly local: boolean;
  readonly state?: string;
}

/** Adds the options that name a relay. */
export function withRelayOptions(command: Command): Command {
  return command
    .option('--stack <name>', 'a deployed stack; your own AWS configuration leads to it, and AWS_REGION is its region')
    .option('--relay <name>', 'with --stack: the name of the relay, if a CDK app gave it one')
    .option('--local', 'the stack that npm start runs', false)
    .option('--state <folder>', `with --local: its state folder (default: "${DEFAULT_STATE_FOLDER}")`);
}

/** @throws UsageError unless the options name exactly one relay. */
export async function findRelay({ stack, relay, local, state }: RelayOptions): Promise<Target> {
  if (local === (stack !== undefined)) throw new UsageError('name one relay: --stack NAME, or --local');
  if (local && relay !== undefined) throw new UsageError('--relay needs --stack');
  if (stack === undefined) return findLocal(readConnection(state ?? DEFAULT_STATE_FOLDER));
  if (state !== undefined) throw new UsageError('--state needs --local');
  return findDeployed(stack, relay);
}

/** The same for a command that changes something. It names the account and region of a deployed stack first. */
export async function findRelayToChange(options: RelayOptions, terminal: Terminal): Promise<Target> {
  const target = await findRelay(options);
  const { stackName, accountId, region } = target;
  if (!options.local) terminal.warn(`${stackName} in account ${accountId}, region ${region}\n`);
  return target;
}
