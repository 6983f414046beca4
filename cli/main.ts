import { Command, CommanderError } from 'commander';

import manifest from '../package.json' with { type: 'json' };
import { StateFolderError } from '../local/private-files.ts';
import { UsageError } from '../operator/usage-error.ts';
import { addConsole } from './console.ts';
import { addDemo } from './demo/command.ts';
import { addFaults } from './faults.ts';
import { addKeys } from './keys/commands.ts';
import { withTaskIdsAsOperands } from './operands.ts';
import { addStart } from './start/command.ts';
import { addTask } from './task/commands.ts';
import { ClosedPipeError, type Terminal } from './terminal.ts';
import { addVerify } from './verify/command.ts';

const EXIT_CODES = { success: 0, failure: 1, usage: 2 } as const;

/** What commander throws although nothing is wrong: the caller asked for the text that was printed. */
const ASKED_FOR: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version']);

/**
 * Runs one command of the program.
 *
 * @param args what follows the program's name.
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage, 130 and 143 for signals. It never rejects.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let printed = Promise.resolve();
  const program = createProgram(terminal, (text) => {
    printed = printed.then(async () => terminal.print(text));
  });
  try {
    await program.parseAsync(withTaskIdsAsOperands(args), { from: 'user' });
    await printed;
    return terminal.exitCode;
  } catch (error) {
    terminal.showProgress(undefined);
    await printed.catch(() => undefined);
    return report(error, terminal);
  }
}

function createProgram(terminal: Terminal, writeOut: (text: string) => void): Command {
  const program = new Command('heartbeat-relay')
    .description('Lets activity workers without IAM credentials report heartbeats to Amazon SWF.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut,
      writeErr: (text) => terminal.warn(text),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    })
    .addHelpText('after', PROGRAM_HELP);
  for (const add of [addStart, addConsole, addTask, addFaults, addDemo, addKeys, addVerify]) add(program, terminal);
  return program;
}

/** Wide enough for every option and its description; the same everywhere, so that pages can quote it. */
const HELP_WIDTH = 120;

const PROGRAM_HELP = `
Exit codes: 0 success, 1 failure, 2 wrong usage, 130 and 143 after SIGINT and SIGTERM.

Examples:
  npx heartbeat-relay start
  npx heartbeat-relay task list --watch
  npx heartbeat-relay keys issue --stack HeartbeatRelay-prod --domain orders --label press-7
`;

/** An error is one line on standard error, without controls: it may quote a table. Commander has printed its own. */
function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return ASKED_FOR.has(error.code) ? EXIT_CODES.success : EXIT_CODES.usage;
  if (error instanceof ClosedPipeError) return EXIT_CODES.success;
  const message = error instanceof Error ? error.message : String(error);
  terminal.warn(`${(message.split('\n')[0] ?? '').replaceAll(/\p{C}/gu, '?')}\n`);
  const isUsage = error instanceof UsageError || error instanceof StateFolderError;
  return isUsage ? EXIT_CODES.usage : EXIT_CODES.failure;
}
