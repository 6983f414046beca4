import { parseArgs } from 'node:util';

import { type Command, parseChoice, parseKeyId } from './arguments.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { print } from './print.ts';
import { revokeKey } from './records.ts';
import { findRelayToChange, RELAY_HELP, RELAY_OPTIONS } from './relay.ts';

const OPTIONS = { ...RELAY_OPTIONS, output: { type: 'string', default: 'table' } } as const;

export const revoke: Command = {
  help: `Revokes a worker key for good, and says from when on it is refused everywhere. Doing it again does no harm.

  npm run keys -- revoke KEYID [--output table|json] --stack NAME | --local [--state DIR]

  KEYID           HBRK and 16 letters and digits: what stands before the dot
  --output        json: one object, for a pipe: npm run -s keys -- …
${RELAY_HELP}
The time holds while the relay can read its keys: where it can't, a key that was good stays so for 10 minutes.

Example:
  npm run keys -- revoke HBRKABCDEFGHIJKLMNOP --stack HeartbeatRelay-prod
`,

  run: async (args) => {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const keyId = parseKeyId(positionals);
    const output = parseChoice('--output', values.output, ['table', 'json']);
    const relay = await findRelayToChange(values);
    const wasRevoked = await revokeKey(relay, keyId);
    const refusedEverywhereFrom = holdsEverywhereFrom(Date.now());
    const text = `${keyId} ${wasRevoked ? 'was revoked already' : 'is revoked'}: refused everywhere from ${refusedEverywhereFrom} on\n`;
    await print(output === 'json' ? `${JSON.stringify({ keyId, wasRevoked, refusedEverywhereFrom })}\n` : text);
  },
};
