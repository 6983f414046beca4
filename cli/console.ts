import type { Command } from 'commander';

import { readConnection } from '../local/connection.ts';
import { UsageError } from '../operator/usage-error.ts';
import { stateOption } from './options.ts';
import type { Terminal } from './terminal.ts';

const HELP = `
The console is a page for the browser. It shows the tasks, heartbeats, faults and keys of the stack that npm start runs,
and has buttons to start, cancel and complete tasks. It listens on 127.0.0.1 only.

Example:
  npx heartbeat-relay console
`;

export function addConsole(program: Command, terminal: Terminal): void {
  program
    .command('console')
    .description('print the address of the console of the running local stack')
    .addOption(stateOption())
    .addHelpText('after', HELP)
    .action(async ({ state }: { readonly state: string }) => {
      const { consoleUrl } = readConnection(state);
      if (consoleUrl === undefined) throw new UsageError('this stack runs without a console: start it with npm start');
      await terminal.print(`${consoleUrl}\n`);
    });
}
