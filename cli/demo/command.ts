import type { Command } from 'commander';

import { outputOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

const HELP = `
It starts a stack of its own on free ports, prints one line per step, and leaves nothing behind. It takes 20 s.

Example:
  npx heartbeat-relay demo
`;

export function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('show the whole story on a local stack: heartbeat, cancellation, other domain, outage, timeout')
    .addOption(outputOption(['text', 'json'], 'json: one object per step and line'))
    .addHelpText('after', HELP)
    .action(async ({ output }: { readonly output: string }) => {
      const { play } = await import('./play.ts');
      await play(output, terminal);
    });
}
