/** The command line, or what it names, can't be used. The message says what to do; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command: a fault is one line on standard error, and exit code 2 for wrong use, 1 for all else. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const isUsage = error instanceof UsageError || isParseArgsError(error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message.split('\n')[0] ?? ''}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** `node:util` marks what `parseArgs` throws by its code alone. */
function isParseArgsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
