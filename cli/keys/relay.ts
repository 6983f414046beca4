import { DEFAULT_STATE_FOLDER, readConnection } from '../connection.ts';
import { findDeployed, findLocal, type Target } from '../target.ts';
import { UsageError } from '../usage.ts';

/** How every command is told which relay it is about. */
export const RELAY_OPTIONS = {
  stack: { type: 'string' },
  local: { type: 'boolean', default: false },
  state: { type: 'string' },
} as const;

export const RELAY_HELP = `  --stack         a deployed stack, by your own AWS configuration; AWS_REGION is the stack's
  --local         the stack that npm start runs; --state where its state folder is not ${DEFAULT_STATE_FOLDER}
`;

export interface RelayChoice {
  readonly stack?: string | undefined;
  readonly local: boolean;
  readonly state?: string | undefined;
}

/** @throws UsageError unless one relay is named. */
export async function findRelay({ stack, local, state }: RelayChoice): Promise<Target> {
  if (local === (stack !== undefined)) throw new UsageError('name one relay: --stack NAME, or --local');
  if (stack === undefined) return findLocal(readConnection(state ?? DEFAULT_STATE_FOLDER));
  if (state !== undefined) throw new UsageError('--state goes with --local');
  return findDeployed(stack);
}

/** The same for a command that changes something: it says first in which account and region a deployed stack is. */
export async function findRelayToChange(choice: RelayChoice): Promise<Target> {
  const target = await findRelay(choice);
  const { stackName, accountId, region } = target;
  if (!choice.local) process.stderr.write(`${stackName} in account ${accountId}, region ${region}\n`);
  return target;
}
