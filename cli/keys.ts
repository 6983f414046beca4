import type { Command } from './keys/arguments.ts';
import { issue } from './keys/issue.ts';
import { list } from './keys/list.ts';
import { revoke } from './keys/revoke.ts';
import { rotate } from './keys/rotate.ts';
import { show } from './keys/show.ts';
import { runCommand, UsageError } from './usage.ts';

const HELP = `The worker keys of a heartbeat relay.

  npm run keys -- issue    a new key, its secret shown this once
  npm run keys -- list     all keys, or some: by label, domain, status, last use
  npm run keys -- show     one key
  npm run keys -- rotate   a successor with the same grant; the old key expires after an overlap
  npm run keys -- revoke   refused everywhere within 60 s

Each takes --stack NAME for a deployed stack, or --local for the one that npm start runs, and says more with --help.

Onboarding a partner:
  export AWS_REGION=eu-west-1
  npm run keys -- issue --stack HeartbeatRelay-prod --domain orders --label 'Ada & Co' --expires-in 90d
  npm run keys -- list --stack HeartbeatRelay-prod --label Ada
`;

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['issue', issue],
  ['list', list],
  ['show', show],
  ['rotate', rotate],
  ['revoke', revoke],
]);

await runCommand(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const command = COMMANDS.get(name);
  const asksForHelp = name === '--help' || args.includes('--help');
  if (asksForHelp) process.stdout.write(command?.help ?? HELP);
  else if (command !== undefined) await command.run(args, Date.now());
  else throw new UsageError('say first what to do: npm run keys -- issue, list, show, rotate, revoke or --help');
});
