import { parseArgs } from 'node:util';

import { parseDuration } from '../expiry.ts';
import { assertNoWords, type Command, parseChoice } from './arguments.ts';
import { describeKey, isListed, STATUSES } from './described-key.ts';
import { print } from './print.ts';
import { listKeys } from './records.ts';
import { findRelay, RELAY_HELP, RELAY_OPTIONS } from './relay.ts';
import { toTable } from './table.ts';
import { listLastSeen } from './use.ts';

const OPTIONS = {
  ...RELAY_OPTIONS,
  label: { type: 'string' },
  domain: { type: 'string' },
  status: { type: 'string' },
  'unused-for': { type: 'string' },
  output: { type: 'string', default: 'table' },
} as const;

export const list: Command = {
  help: `Lists worker keys, the oldest first. It shows no secret: there is none to show.

  npm run keys -- list [--label TEXT] [--domain NAME] [--status active|revoked|expired] [--unused-for 90d]
                       [--output table|json] --stack NAME | --local [--state DIR]

  --label         only keys whose label has this in it
  --domain        only keys for this domain
  --status        only keys that are active, revoked or expired
  --unused-for    only keys that nobody has used for so long: 90d, 12h; use is known by the day, for 400 days
  --output        json: a list of objects, for a pipe: npm run -s keys -- …
${RELAY_HELP}
"last seen" is the day (UTC) of the last request under the key that was let in.

Examples:
  npm run keys -- list --local
  npm run keys -- list --stack HeartbeatRelay-prod --domain orders --status active --unused-for 90d
`,

  run: async (args, nowMs) => {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    assertNoWords(positionals);
    const { label, domain } = values;
    const output = parseChoice('--output', values.output, ['table', 'json']);
    const status = values.status === undefined ? undefined : parseChoice('--status', values.status, STATUSES);
    const unusedFor = values['unused-for'];
    const unusedSinceMs = unusedFor === undefined ? undefined : nowMs - parseDuration('--unused-for', unusedFor);
    const relay = await findRelay(values);
    const [{ records, unreadable }, lastSeen] = await Promise.all([listKeys(relay), listLastSeen(relay)]);
    const keys = records
      .map((record) => describeKey(record, lastSeen.get(record.keyId), nowMs))
      .filter((key) => isListed(key, { label, domain, status, unusedSinceMs }))
      .sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
    await print(output === 'json' ? `${JSON.stringify(keys)}\n` : toTable(keys));
    if (unreadable.length > 0) {
      process.stderr.write(`not of this version's form, so they let nobody in: ${unreadable.join(', ')}\n`);
    }
  },
};
