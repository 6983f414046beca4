import { type Command } from 'commander';

import { outputOption } from '../options.ts';
import { withRelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { EXPIRES_AT_HELP, EXPIRES_IN_HELP, KEY_ID_HELP } from './help.ts';
import type { PurgeOptions } from './purge.ts';
import type { RevokeOptions } from './revoke.ts';

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
