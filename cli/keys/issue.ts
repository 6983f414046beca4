import { parseArgs } from 'node:util';

import { assertDeclared } from '../domains.ts';
import { parseExpiry } from '../expiry.ts';
import { UsageError } from '../usage.ts';
import { assertNoWords, type Command, parseChoice } from './arguments.ts';
import { issueOrSay } from './issue-or-say.ts';
import { ISSUED_OUTPUT_HELP, ISSUED_OUTPUTS, toIssuedText } from './issued-key.ts';
import { print } from './print.ts';
import { findRelayToChange, RELAY_HELP, RELAY_OPTIONS } from './relay.ts';

const OPTIONS = {
  ...RELAY_OPTIONS,
  domain: { type: 'string', multiple: true },
  label: { type: 'string' },
  'expires-in': { type: 'string' },
  'expires-at': { type: 'string' },
  output: { type: 'string', default: 'table' },
} as const;

export const issue: Command = {
  help: `Issues a worker key, and prints its secret this once.

  npm run keys -- issue --domain NAME [--domain NAME …] --label TEXT [--expires-in 90d | --expires-at 2027-01-31]
                        [--output table|json|env|aws-profile] --stack NAME | --local [--state DIR]

  --domain        an SWF domain the worker may beat in; repeat it for several
  --label         for people: whom or what the key is for
  --expires-in    90d, 12h, 30m or 45s; without an end the key does not expire
  --expires-at    a date, which is its first moment in UTC, or a time like 2027-01-31T18:00:00Z
${ISSUED_OUTPUT_HELP}${RELAY_HELP}
Examples:
  npm run keys -- issue --local --domain orders --label press-7 --expires-in 90d
  npm run keys -- issue --stack HeartbeatRelay-prod --domain orders --domain billing --label 'Ada & Co'
  npm run -s keys -- issue --stack HeartbeatRelay-prod --domain orders --label press-7 --output env > press-7.sh
`,

  run: async (args, nowMs) => {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    assertNoWords(positionals);
    const { label, domain: domains = [] } = values;
    if (label === undefined) throw new UsageError('name whom the key is for: --label TEXT');
    const output = parseChoice('--output', values.output, ISSUED_OUTPUTS);
    const expiresAtMs = parseExpiry(values, nowMs);
    const relay = await findRelayToChange(values);
    assertDeclared(relay, domains);
    const issued = await issueOrSay(relay, { label, domains, expiresAtMs }, nowMs);
    await print(toIssuedText(output, issued, relay));
  },
};
