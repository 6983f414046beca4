import { parseArgs } from 'node:util';

import { type Command, parseChoice, parseKeyId } from './arguments.ts';
import { describeKey } from './described-key.ts';
import { print } from './print.ts';
import { findKey } from './records.ts';
import { findRelay, RELAY_HELP, RELAY_OPTIONS } from './relay.ts';
import { toBlock } from './table.ts';
import { findLastSeen } from './use.ts';

const OPTIONS = { ...RELAY_OPTIONS, output: { type: 'string', default: 'table' } } as const;

export const show: Command = {
  help: `Shows what is known of one worker key: for a key that was found somewhere, whose it is.

  npm run keys -- show KEYID [--output table|json] --stack NAME | --local [--state DIR]

  KEYID           HBRK and 16 letters and digits: what stands before the dot
  --output        json: one object, for a pipe: npm run -s keys -- …
${RELAY_HELP}
Example:
  npm run keys -- show HBRKABCDEFGHIJKLMNOP --stack HeartbeatRelay-prod
`,

  run: async (args, nowMs) => {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const keyId = parseKeyId(positionals);
    const output = parseChoice('--output', values.output, ['table', 'json']);
    const relay = await findRelay(values);
    const [record, lastSeenOn] = await Promise.all([findKey(relay, keyId), findLastSeen(relay, keyId)]);
    const key = describeKey(record, lastSeenOn, nowMs);
    await print(output === 'json' ? `${JSON.stringify(key)}\n` : toBlock(key));
  },
};
