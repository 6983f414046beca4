import { type Command, Option } from 'commander';

import { DEFAULT_RATE } from '../../operator/default-rate.ts';
import { collect, outputOption, wholeNumber } from '../options.ts';
import { withRelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { SHOWN_OUTPUTS, STATUSES } from './described-key.ts';
import type { HistoryOptions } from './history.ts';
import type { IssueOptions } from './issue.ts';
import { ISSUED_OUTPUT_HELP, ISSUED_OUTPUTS } from './issued-key.ts';
import type { ListOptions } from './list.ts';
import type { PurgeOptions } from './purge.ts';
import type { RevokeOptions } from './revoke.ts';
import type { RotateOptions } from './rotate.ts';
import type { ShowOptions } from './show.ts';

const HELP = `
Onboarding a partner:
  export AWS_REGION=eu-west-1
  npm run keys -- issue --stack HeartbeatRelay-prod --domain orders --label 'Ada & Co' --expires-in 90d
  npm run keys -- list --stack HeartbeatRelay-prod --label Ada
`;

const KEY_ID_HELP = 'HBRK and 16 letters and digits: the part before the dot';
const OUTPUT_FILE_HELP = 'writes it to a new file that only you can read, instead of printing it';
const MAX_RATE = 100_000;
const EXPIRES_IN_HELP = '90d, 12h, 30m or 45s';
const EXPIRES_AT_HELP = 'a date, which means 00:00 UTC, or a time like 2027-01-31T18:00:00Z';

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

function addRotate(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('rotate')
      .description('issue a successor that may do the same; the old key expires after an overlap')
      .argument('<keyId>', KEY_ID_HELP)
      .requiredOption(
        '--overlap <duration>',
        'how long both keys stay valid: 24h, 30m; an earlier end of the old key stands',
      )
      .option('--domain <name>', 'other domains for the new key; repeat it for several', collect)
      .option('--expires-in <duration>', `${EXPIRES_IN_HELP}; by default the lifetime that the old key was issued with`)
      .option('--expires-at <time>', EXPIRES_AT_HELP)
      .option('--no-expiry', 'the new key does not expire')
      .addOption(outputOption(ISSUED_OUTPUTS, ISSUED_OUTPUT_HELP))
      .option('--output-file <file>', OUTPUT_FILE_HELP),
  )
    .addHelpText(
      'after',
      `
If the command is interrupted, rotate again: that completes the rotation, and prints the same successor.
If somebody revokes the old key before the rotation is complete, its successor is revoked, too.
A key that was issued before version 2 has no seal: the command shows its domains and asks, or needs --domain.

Examples:
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 24h --stack HeartbeatRelay-prod
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 7d --domain orders --domain billing --local
`,
    )
    .action(async (keyId: string, options: RotateOptions) => {
      const { rotate } = await import('./rotate.ts');
      await rotate(keyId, options, terminal, Date.now());
    });
}

function addRevoke(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('revoke')
      .description('revoke a worker key for good, and print when it is refused everywhere; repeating it does no harm')
      .argument('<keyId>', KEY_ID_HELP)
      .addOption(outputOption(['table', 'json'], 'json: one object')),
  )
    .addHelpText(
      'after',
      `
The time holds while the relay can read its keys. While it cannot, a key that was verified stays valid for 10 minutes.

Example:
  npm run keys -- revoke HBRKABCDEFGHIJKLMNOP --stack HeartbeatRelay-prod
`,
    )
    .action(async (keyId: string, options: RevokeOptions) => {
      const { revoke } = await import('./revoke.ts');
      await revoke(keyId, options, terminal);
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

function addPurge(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('purge')
      .description('remove the records of keys that expired or were revoked long ago; never one of a valid key')
      .requiredOption('--ended-before <time>', `${EXPIRES_IN_HELP}: so long ago; or ${EXPIRES_AT_HELP}`)
      .option('--label <text>', 'only keys whose label contains this')
      .option('--yes', 'start without asking', false)
      .addOption(outputOption(['table', 'json'], 'json: one object for each record and line')),
  )
    .addHelpText(
      'after',
      `
A record can't be brought back, except from a backup of the table. The relay refuses a purged key like any unknown one.
A record that changes while the command runs is kept, and so is one that this version can't read.
Whether a key has expired is decided by this machine's clock.

Examples:
  npm run keys -- purge --ended-before 400d --stack HeartbeatRelay-prod
  npm run keys -- purge --ended-before 2026-01-01 --label CI --yes --local
`,
    )
    .action(async (options: PurgeOptions) => {
      const { purge } = await import('./purge.ts');
      await purge(options, terminal, Date.now());
    });
}
