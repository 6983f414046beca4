import { type Command, Option } from 'commander';

import { UsageError } from '../../operator/usage-error.ts';
import { collect, outputOption, wholeNumber } from '../options.ts';
import { withRelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { EXPIRES_AT_HELP, EXPIRES_IN_HELP, KEY_ID_HELP, MAX_RATE, OUTPUT_FILE_HELP } from './help.ts';
import { ISSUED_OUTPUT_HELP, ISSUED_OUTPUTS } from './issued-key.ts';
import type { RotateAllOptions } from './rotate-all.ts';

/** `all` is true or absent. */
type Options = RotateAllOptions & { readonly all?: boolean };

const HELP = `
If the command is interrupted, rotate again: that completes the rotation, and prints the same successor.
If somebody revokes the old key before the rotation is complete, its successor is revoked, too.
A key that was issued before version 2 has no seal: the command shows its domains and asks, or needs --domain.
With --all, a relay with two KMS keys moves the keys of the earlier one; a relay with one rotates all of its keys.

Examples:
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 24h --stack HeartbeatRelay-prod
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 7d --domain orders --domain billing --local
  npm run keys -- rotate --all --overlap 30d --output env --output-folder keys --stack HeartbeatRelay-prod
`;

export function addRotate(keys: Command, terminal: Terminal): void {
  const command = keys
    .command('rotate')
    .description('issue a successor that may do the same; the old key expires after an overlap')
    .argument('[keyId]', KEY_ID_HELP)
    .option('--all', 'every key that still has to move, instead of one')
    .option('--newest-too', 'with --all and two KMS keys: also keys of the newest one', false)
    .option('--yes', 'with --all: start without asking', false)
    .requiredOption(
      '--overlap <duration>',
      'how long both keys stay valid: 24h, 30m; an earlier end of the old key stands',
    );
  withRelayOptions(withOutput(withGrant(command)))
    .addHelpText('after', HELP)
    .action(async (keyId: string | undefined, options: Options) => rotateOneOrAll(keyId, options, terminal));
}

/** What the new key has otherwise than the old one. */
function withGrant(command: Command): Command {
  return command
    .option('--domain <name>', 'other domains for the new key; repeat it for several', collect)
    .option('--network <cidr>', 'other networks for the new key; repeat it for several', collect)
    .addOption(
      new Option('--rate <number>', 'another rate for the new key, in heartbeats per second').argParser(
        wholeNumber(1, MAX_RATE),
      ),
    )
    .option('--expires-in <duration>', `${EXPIRES_IN_HELP}; by default the lifetime that the old key was issued with`)
    .option('--expires-at <time>', EXPIRES_AT_HELP)
    .option('--no-expiry', 'the new key does not expire');
}

function withOutput(command: Command): Command {
  return command
    .addOption(outputOption(ISSUED_OUTPUTS, ISSUED_OUTPUT_HELP))
    .option('--output-file <file>', OUTPUT_FILE_HELP)
    .option('--output-folder <folder>', 'with --all: writes a file for each key there, which only you can read');
}

async function rotateOneOrAll(keyId: string | undefined, options: Options, terminal: Terminal): Promise<void> {
  const { all = false, newestToo, yes, outputFolder } = options;
  if ((keyId === undefined) !== all) throw new UsageError('name one key by its id, or --all');
  if (keyId === undefined) {
    const { rotateAll } = await import('./rotate-all.ts');
    await rotateAll(options, terminal, Date.now());
    return;
  }
  if (newestToo || yes || outputFolder !== undefined) {
    throw new UsageError('--newest-too, --yes and --output-folder go with --all');
  }
  const { rotate } = await import('./rotate.ts');
  await rotate(keyId, options, terminal, Date.now());
}
