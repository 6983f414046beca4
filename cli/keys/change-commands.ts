import { type Command, Option } from 'commander';

import { UsageError } from '../../operator/usage-error.ts';
import { collect, outputOption, wholeNumber } from '../options.ts';
import { withRelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { EXPIRES_AT_HELP, EXPIRES_IN_HELP, KEY_ID_HELP, MAX_RATE, OUTPUT_FILE_HELP } from './help.ts';
import { ISSUED_OUTPUT_HELP, ISSUED_OUTPUTS } from './issued-key.ts';
import type { PurgeOptions } from './purge.ts';
import type { RevokeOptions } from './revoke.ts';
import type { RotateAllOptions } from './rotate-all.ts';

export function addRotate(keys: Command, terminal: Terminal): void {
  withRelayOptions(
    keys
      .command('rotate')
      .description('issue a successor that may do the same; the old key expires after an overlap')
      .argument('[keyId]', KEY_ID_HELP)
      .option('--all', 'every key that still has to move, instead of one')
      .option('--newest-too', 'with --all and two KMS keys: also keys of the newest one', false)
      .option('--yes', 'with --all: start without asking', false)
      .requiredOption(
        '--overlap <duration>',
        'how long both keys stay valid: 24h, 30m; an earlier end of the old key stands',
      )
      .option('--domain <name>', 'other domains for the new key; repeat it for several', collect)
      .option('--network <cidr>', 'other networks for the new key; repeat it for several', collect)
      .addOption(
        new Option('--rate <number>', 'another rate for the new key, in heartbeats per second').argParser(
          wholeNumber(1, MAX_RATE),
        ),
      )
      .option('--expires-in <duration>', `${EXPIRES_IN_HELP}; by default the lifetime that the old key was issued with`)
      .option('--expires-at <time>', EXPIRES_AT_HELP)
      .option('--no-expiry', 'the new key does not expire')
      .addOption(outputOption(ISSUED_OUTPUTS, ISSUED_OUTPUT_HELP))
      .option('--output-file <file>', OUTPUT_FILE_HELP)
      .option('--output-folder <folder>', 'with --all: writes a file for each key there, which only you can read'),
  )
    .addHelpText(
      'after',
      `
If the command is interrupted, rotate again: that completes the rotation, and prints the same successor.
If somebody revokes the old key before the rotation is complete, its successor is revoked, too.
A key that was issued before version 2 has no seal: the command shows its domains and asks, or needs --domain.
With --all, a relay with two KMS keys moves the keys of the earlier one; a relay with one rotates all of its keys.

Examples:
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 24h --stack HeartbeatRelay-prod
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 7d --domain orders --domain billing --local
  npm run keys -- rotate --all --overlap 30d --output env --output-folder keys --stack HeartbeatRelay-prod
`,
    )
    .action(async (keyId: string | undefined, { all, ...options }: RotateAllOptions & { readonly all?: true }) => {
      if ((keyId === undefined) !== (all === true)) throw new UsageError('name one key by its id, or --all');
      if (keyId === undefined) {
        const { rotateAll } = await import('./rotate-all.ts');
        await rotateAll(options, terminal, Date.now());
        return;
      }
      if (options.newestToo || options.yes || options.outputFolder !== undefined) {
        throw new UsageError('--newest-too, --yes and --output-folder go with --all');
      }
      const { rotate } = await import('./rotate.ts');
      await rotate(keyId, options, terminal, Date.now());
    });
}

export function addRevoke(keys: Command, terminal: Terminal): void {
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

export function addPurge(keys: Command, terminal: Terminal): void {
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
