#!/usr/bin/env node
import { HELP, parseCommandLine, UsageError } from './command-line.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { Log } from './log.ts';
import { run } from './run.ts';
import { VERSION } from './version.ts';

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  if (line.kind === 'run') return run(line.options, process.env);
  process.stdout.write(line.kind === 'help' ? HELP : `${VERSION}\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  new Log({ quiet: false, log: 'text' }).say('usage', error.message);
  process.exitCode = EXIT_CODES.usage;
}
process.exit();
