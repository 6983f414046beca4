import { type Command, Option } from 'commander';

import { DEFAULT_RATE } from '../../operator/default-rate.ts';
import { MAC_KEYS } from '../../operator/mac-key-names.ts';
import { collect, outputOption, wholeNumber } from '../options.ts';
import { withRelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { addPurge, addRevoke } from './change-commands.ts';
import { SHOWN_OUTPUTS, STATUSES } from './described-key.ts';
import { EXPIRES_AT_HELP, EXPIRES_IN_HELP, KEY_ID_HELP, MAX_RATE, OUTPUT_FILE_HELP } from './help.ts';
import type { HistoryOptions } from './history.ts';
import type { IssueOptions } from './issue.ts';
import { ISSUED_OUTPUT_HELP, ISSUED_OUTPUTS } from './issued-key.ts';
import type { ListOptions } from './list.ts';
import { collectOperation, OPERATION_HELP } from './operations.ts';
import { addRotate } from './rotate-command.ts';
import type { ShowOptions } from './show.ts';

const HELP = `
Onboarding a partner:
  export AWS_REGION=eu-west-1
  npm run keys -- issue --stack HeartbeatRelay-prod --domain orders --label 'Ada & Co' --expires-in 90d
  npm run keys -- list --stack HeartbeatRelay-prod --label Ada
`;

export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('issue, list, show, rotate, revoke and purge the worker keys of a relay, and tell their history')
    .addHelpText('after', HELP);
  for (const add of [addIssue, addList, addShow, addRotate, addRevoke, addHistory, addPurge]) add(keys, terminal);
}

function addIssue(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('issue')
      .description('issue a worker key and print its secret, which is shown only once')
      .requiredOption(
        '--domain <name>',
        'an SWF domain that the worker may use; repeat it for several: the first is the default',
        collect,
      )
      .requiredOption('--label <text>', 'for people: who or what the key is for')
      .option('--operation <name>', OPERATION_HELP, collectOperation)
      .option('--network <cidr>', 'only addresses of this network may use the key; repeat it for several', collect)
      .addOption(
        new Option('--rate <number>', 'heartbeats per second that the key may send')
          .argParser(wholeNumber(1, MAX_RATE))
          .default(DEFAULT_RATE),
      )
      .option('--expires-in <duration>', `${EXPIRES_IN_HELP} (default: 90d)`)
      .option('--expires-at <time>', EXPIRES_AT_HELP)
      .option('--no-expiry', 'the key does not expire')
      .addOption(outputOption(ISSUED_OUTPUTS, ISSUED_OUTPUT_HELP))
      .option('--output-file <file>', OUTPUT_FILE_HELP),
  )
    .addHelpText(
      'after',
      `
Examples:
  npm run keys -- issue --local --domain orders --label press-7 --expires-in 90d
  npm run keys -- issue --stack HeartbeatRelay-prod --domain orders --domain billing --label 'Ada & Co'
  npm run keys -- issue --stack HeartbeatRelay-prod --domain orders --label b --operation heartbeat --operation complete
  npm run keys -- issue --local --domain orders --label a --network 192.0.2.0/24 --output env --output-file a.env
`,
    )
    .action(async (options: IssueOptions) => {
      const { issue } = await import('./issue.ts');
      await issue(options, terminal, Date.now());
    });
}

function addList(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('list')
      .description('list worker keys, page by page')
      .option('--label <text>', 'only keys whose label contains this')
      .option('--domain <name>', 'only keys for this domain')
      .addOption(new Option('--status <status>', 'only keys with this status').choices(STATUSES))
      .addOption(new Option('--mac-key <which>', 'only keys whose secret comes from this KMS key').choices(MAC_KEYS))
      .option('--expires-within <duration>', `only active keys that expire so soon: ${EXPIRES_IN_HELP}`)
      .option('--unused-for <duration>', `only keys that nobody used for so long: ${EXPIRES_IN_HELP}`)
      .addOption(outputOption(['table', 'json'], 'json: a list of objects')),
  )
    .addHelpText(
      'after',
      `
A page has up to some thousands of keys, the oldest first. Each is printed before the next one is read.
"last seen" is the day (UTC) of the last request that the key let in. The relay remembers it for 400 days.

Examples:
  npm run keys -- list --local
  npm run keys -- list --stack HeartbeatRelay-prod --domain orders --status active --unused-for 90d
`,
    )
    .action(async (options: ListOptions) => {
      const { list } = await import('./list.ts');
      await list(options, terminal, Date.now());
    });
}

function addShow(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('show')
      .description('show what is known about one worker key, for example about a key that was found somewhere')
      .argument('<keyId>', KEY_ID_HELP)
      .addOption(outputOption(SHOWN_OUTPUTS, 'json: one object; env: as issue prints it, without the secret')),
  )
    .addHelpText(
      'after',
      `
Example:
  npm run keys -- show HBRKABCDEFGHIJKLMNOP --stack HeartbeatRelay-prod
`,
    )
    .action(async (keyId: string, options: ShowOptions) => {
      const { show } = await import('./show.ts');
      await show(keyId, options, terminal, Date.now());
    });
}

function addHistory(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('history')
      .description('tell what happened to one worker key, when, and who did it')
      .argument('<keyId>', KEY_ID_HELP)
      .addOption(outputOption(['table', 'json'], 'json: a list of objects')),
  )
    .addHelpText(
      'after',
      `
Who did it is the ARN that AWS knew the caller by. Keys of version 1 do not say who issued them.

Example:
  npm run keys -- history HBRKABCDEFGHIJKLMNOP --stack HeartbeatRelay-prod
`,
    )
    .action(async (keyId: string, options: HistoryOptions) => {
      const { history } = await import('./history.ts');
      await history(keyId, options, terminal);
    });
}
