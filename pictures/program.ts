import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';

/** Makes a picture. */
type Make = (options: Options) => Promise<string | Buffer>;

interface Options {
  readonly output: string;
  readonly minutes: number;
}

export interface Output {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** By name. Each loads what it needs when it is made: a browser, a local stack. */
const PICTURES = {
  architecture: { file: 'architecture.svg', make: async () => (await import('./architecture.ts')).makeArchitecture() },
  terminal: { file: 'terminal.svg', make: async () => (await import('./terminal.ts')).makeTerminal() },
  console: { file: 'console.png', make: async () => (await import('./console.ts')).makeConsole() },
  dashboard: {
    file: 'dashboard.svg',
    make: async ({ minutes }) => (await import('./dashboard/dashboard.ts')).makeDashboard(minutes),
  },
} as const satisfies Readonly<Record<string, { readonly file: string; readonly make: Make }>>;

const PICTURE_NAMES = Object.keys(PICTURES);

const FOLDER = fileURLToPath(new URL('../docs/pictures', import.meta.url));

/** Long enough for some points in each graph. CloudWatch has one a minute. */
const DASHBOARD_MINUTES = 12;

/** @returns the exit code. */
export async function runPictures(args: readonly string[], { print, complain }: Output): Promise<number> {
  const command = new Command('npm run pictures --')
    .description('makes the pictures of docs/pictures/ from the template and from runs on this machine')
    .addArgument(new Argument('[names...]', 'which ones; all if left out').choices(PICTURE_NAMES))
    .option('--output <folder>', 'write them there instead', FOLDER)
    .option('--minutes <number>', 'how long the run behind the dashboard takes', toMinutes, DASHBOARD_MINUTES)
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
    })
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  const names: readonly string[] = command.args.length === 0 ? PICTURE_NAMES : command.args;
  const options: Options = command.opts();
  mkdirSync(options.output, { recursive: true });
  for (const [name, { file, make }] of Object.entries(PICTURES)) {
    if (!names.includes(name)) continue;
    writeFileSync(join(options.output, file), await make(options));
    print(join(options.output, file));
  }
  return 0;
}

function toMinutes(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0)) throw new InvalidArgumentError('It is a number of minutes, such as 12 or 0.1.');
  return minutes;
}
