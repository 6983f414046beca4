import type { Command } from 'commander';

import { DEFAULT_STATE_FOLDER } from '../../local/connection.ts';
import { wholeNumber } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** What the command line says about a start. */
export interface StartOptions {
  readonly port: number;
  readonly awsPort: number;
  readonly consolePort?: number;
  readonly domains?: string;
  readonly state: string;
  readonly containers: number;
  readonly faults?: string;
  readonly tls: boolean;
}

const HIGHEST_PORT = 65_535;
const MOST_CONTAINERS = 64;

const HELP = `
It runs the template that cdk deploy takes, and uses no AWS account. It prints the commands to try, then one line
per heartbeat. Ctrl-C stops it.

Examples:
  npx heartbeat-relay start
  npx heartbeat-relay start --domains orders,billing --port 0 --aws-port 0 --console-port 0 --tls
`;

export function addStart(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .description('run the relay and the AWS services that it needs on this machine')
    .option('--port <number>', 'the port of the relay; 0 takes a free one', wholeNumber(0, HIGHEST_PORT), 8787)
    .option(
      '--aws-port <number>',
      'the port of the AWS endpoint; 0 takes a free one',
      wholeNumber(0, HIGHEST_PORT),
      8788,
    )
    .option(
      '--console-port <number>',
      'the port of the console, a page for the browser; 0 takes a free one (default: 8789, or a free one if that is in use)',
      wholeNumber(0, HIGHEST_PORT),
    )
    .option('--domains <a,b>', 'SWF domains instead of those of the stage dev in cdk.json')
    .option('--state <folder>', 'the folder that everything is kept in', DEFAULT_STATE_FOLDER)
    .option('--containers <number>', 'how many containers of the function may run', wholeNumber(1, MOST_CONTAINERS), 8)
    .option('--faults <file>', 'a file of faults to start with, one per line: see the command faults')
    .option('--tls', 'the relay speaks HTTPS, with a certificate made for the state folder', false)
    .addHelpText('after', HELP)
    .action(async (options: StartOptions) => {
      const { start } = await import('./start.ts');
      await start(options, terminal);
    });
}
