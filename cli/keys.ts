import { parseArgs } from 'node:util';

import { DEFAULT_STATE_FOLDER, readConnection } from './connection.ts';
import { parseExpiry } from './expiry.ts';
import { type IssuedKey, issueKey } from './issue.ts';
import { findDeployed, findLocal, type Target } from './target.ts';
import { runCommand, UsageError } from './usage.ts';

const USAGE = `Issues worker keys of the heartbeat relay.

  npm run keys -- issue --domain NAME [--domain NAME …] --label TEXT
                        [--expires-in 90d] [--output json]
                        --stack NAME | --local [--state DIR]

  --domain      an SWF domain the worker may beat in; repeat it for several
  --label       for people: whom or what the key is for
  --expires-in  90d, 12h or 30m; without it the key does not expire
  --output json the key as JSON and nothing else, for a pipe: npm run -s keys -- …
  --stack       a deployed stack, by your own AWS configuration
  --local       the stack that npm start runs; --state where its state folder is not ${DEFAULT_STATE_FOLDER}

  npm run keys -- issue --local --domain orders --label press-7 --expires-in 90d
`;

const OPTIONS = {
  domain: { type: 'string', multiple: true },
  label: { type: 'string' },
  'expires-in': { type: 'string' },
  output: { type: 'string' },
  stack: { type: 'string' },
  local: { type: 'boolean', default: false },
  state: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (positionals.join(' ') !== 'issue') throw new UsageError('say what to do: npm run keys -- issue … or --help');
  const { label, output, domain: domains = [], 'expires-in': expiresIn } = values;
  if (label === undefined) throw new UsageError('name whom the key is for: --label TEXT');
  if (output !== undefined && output !== 'json') throw new UsageError('--output takes json');
  const nowMs = Date.now();
  const expiresAtMs = expiresIn === undefined ? null : parseExpiry(expiresIn, nowMs);
  const target = await findTarget(values);
  const issued = await issueKey(target, { label, domains, expiresAtMs }, nowMs);
  process.stdout.write(output === 'json' ? `${JSON.stringify(issued)}\n` : toBlock(issued, target));
});

async function findTarget(values: {
  stack?: string | undefined;
  local: boolean;
  state?: string | undefined;
}): Promise<Target> {
  const { stack, local, state } = values;
  if (local === (stack !== undefined)) throw new UsageError('name one relay: --stack NAME, or --local');
  if (stack === undefined) return findLocal(readConnection(state ?? DEFAULT_STATE_FOLDER));
  if (state !== undefined) throw new UsageError('--state goes with --local');
  return findDeployed(stack);
}

/** One block to hand to the worker. */
function toBlock({ keyId, secret, label, domains, expiresAt }: IssuedKey, { relayUrl, caFile }: Target): string {
  const [domain = ''] = domains;
  const curl = caFile === undefined ? 'curl -sS' : `curl -sS --cacert '${caFile}'`;
  return `Worker key ${keyId} for ${label}: domains ${domains.join(', ')}, ${expiresAt === null ? 'does not expire' : `expires ${expiresAt}`}.
The secret is shown this once and stored nowhere.

  url  ${relayUrl}
  key  ${keyId}.${secret}
  try  ${curl} ${relayUrl}/domains/${domain}/heartbeats -H 'Authorization: Bearer ${keyId}.${secret}' -d '{"taskToken": "…"}'
`;
}
