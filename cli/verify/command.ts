import type { Command } from 'commander';

import { outputOption } from '../options.ts';
import { type RelayOptions, withRelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';

export interface VerifyOptions extends RelayOptions {
  readonly domain?: string;
  readonly yes: boolean;
  readonly output: 'text' | 'json';
}

const HELP = `
It plays worker, poller and decider with your own AWS credentials, and takes about a minute and a half.
docs/verify.md has the IAM policy that it needs, and explains each line. It creates a worker key, types and
workflows, and removes them at the end. The domain relay-verify, where task tokens of another domain come from, stays.

A line says ok, or FAIL and what was seen instead, or skip and why it could not be checked.
Exit codes: 0 no line says FAIL, 1 a line says FAIL or something was left behind, 2 it could not start, 130 and 143
after SIGINT and SIGTERM.

Examples:
  npm run verify -- --local
  AWS_REGION=eu-west-1 npm run verify -- --stack HeartbeatRelay-prod --domain orders
`;

export function addVerify(program: Command, terminal: Terminal): void {
  withRelayOptions(
    program
      .command('verify')
      .description('check a running relay, and everything that it assumes about AWS')
      .option('--domain <name>', 'the domain to send heartbeats to; by default the first that the stack declares')
      .option('--yes', 'start without asking', false)
      .addOption(outputOption(['text', 'json'], 'json: one object per line')),
  )
    .addHelpText('after', HELP)
    .action(async (options: VerifyOptions) => {
      const { verify } = await import('./run.ts');
      await verify(options, terminal);
    });
}
