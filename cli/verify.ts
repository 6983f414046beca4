import { parseArgs } from 'node:util';

import { assertNoWords } from './keys/arguments.ts';
import { findRelay, RELAY_HELP, RELAY_OPTIONS } from './keys/relay.ts';
import { print } from './keys/print.ts';
import { runCommand } from './usage.ts';
import { isAgreedTo, toIntention } from './verify/consent.ts';
import { findDomain, FOREIGN_DOMAIN } from './verify/domain.ts';
import { verify } from './verify/run.ts';

const OPTIONS = {
  ...RELAY_OPTIONS,
  domain: { type: 'string' },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const HELP = `Checks a relay where it runs: that it does what it should, and that AWS is as it assumes. A line each:
ok, or ELSE and what was seen instead, or skip and why it could not be looked at.

  npm run verify -- --stack NAME | --local [--state DIR] [--domain NAME] [--yes]

${RELAY_HELP}  --domain        the domain to beat in, one that the stack declares; the first unless said
  --yes           begin without asking

It plays worker, poller and decider with your own AWS credentials: docs/verify.md has the IAM policy that it takes, and says
what each line means. It makes a worker key, types and workflows of its own and takes them away again; the domain
${FOREIGN_DOMAIN}, where a foreign task token comes from, stays. It takes about a minute and a half.

Exit code: 0 all ok, 1 something else was seen, 2 it could not begin, 130 it was interrupted.

Examples:
  npm run verify -- --local
  AWS_REGION=eu-west-1 npm run verify -- --stack HeartbeatRelay-prod --domain orders
`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) {
    await print(HELP);
    return;
  }
  assertNoWords(positionals);
  const target = await findRelay(values);
  const domain = findDomain(target, values.domain);
  await print(toIntention(target, domain));
  if (!values.yes && !(await isAgreedTo())) return;
  process.exitCode = await verify(target, domain);
});
