import { parseArgs } from 'node:util';

import { isUsable, type KeyId, type WorkerKeyRecord } from '../../lambda/workers/worker-key.ts';
import { assertDeclared } from '../domains.ts';
import { parseDuration, parseExpiry } from '../expiry.ts';
import type { Target } from '../target.ts';
import { UsageError } from '../usage.ts';
import { type Command, parseChoice, parseKeyId } from './arguments.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { issueOrSay } from './issue-or-say.ts';
import { ISSUED_OUTPUT_HELP, ISSUED_OUTPUTS, toIssuedText } from './issued-key.ts';
import { print } from './print.ts';
import { expireKey, findKey } from './records.ts';
import { findRelayToChange, RELAY_HELP, RELAY_OPTIONS } from './relay.ts';

/** Thrown where the successor is there, but the old key could not be made to expire. */
class OldKeyKeptError extends Error {
  override readonly name = 'OldKeyKeptError';
}

const OPTIONS = {
  ...RELAY_OPTIONS,
  overlap: { type: 'string' },
  domain: { type: 'string', multiple: true },
  'expires-in': { type: 'string' },
  'expires-at': { type: 'string' },
  output: { type: 'string', default: 'table' },
} as const;

export const rotate: Command = {
  help: `Issues a successor of a worker key, with its label and domains, prints its secret this once, and lets the old key
expire after an overlap in which both are good.

  npm run keys -- rotate KEYID --overlap 24h [--domain NAME …] [--expires-in 90d | --expires-at 2027-01-31]
                         [--output table|json|env|aws-profile] --stack NAME | --local [--state DIR]

  KEYID           HBRK and 16 letters and digits: what stands before the dot
  --overlap       how long the old key stays good: 24h, 30m; it never outlives its own end
  --domain        the domains of the new key, where they are to be others; repeat it for several
  --expires-in    90d, 12h, 30m or 45s; without an end the new key lives as long as the old one was issued for
  --expires-at    a date, which is its first moment in UTC, or a time like 2027-01-31T18:00:00Z
${ISSUED_OUTPUT_HELP}${RELAY_HELP}
Should it break off between, the old key stays as it was: rotate again, and revoke the successor that nobody got.

Examples:
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 24h --stack HeartbeatRelay-prod
  npm run keys -- rotate HBRKABCDEFGHIJKLMNOP --overlap 7d --domain orders --domain billing --local
`,

  run: async (args, nowMs) => {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const keyId = parseKeyId(positionals);
    if (values.overlap === undefined) throw new UsageError('say how long the old key stays good: --overlap 24h');
    const overlapMs = parseDuration('--overlap', values.overlap);
    const output = parseChoice('--output', values.output, ISSUED_OUTPUTS);
    const givenEndMs = parseExpiry(values, nowMs);
    const relay = await findRelayToChange(values);
    assertDeclared(relay, values.domain ?? []);
    const old = await findKey(relay, keyId);
    assertActive(old, nowMs);
    const { label, domains } = old;
    const expiresAtMs = givenEndMs ?? toLikeEnd(old, nowMs);
    const issued = await issueOrSay(relay, { label, domains: values.domain ?? domains, expiresAtMs }, nowMs);
    // Before the old key is touched: what breaks off here costs nobody their key.
    await print(toIssuedText(output, issued, relay));
    await expireOrSay(relay, keyId, nowMs + overlapMs);
    process.stderr.write(toEndOfOld(await findKey(relay, keyId)));
  },
};

async function expireOrSay(relay: Target, keyId: KeyId, expiresAtMs: number): Promise<void> {
  try {
    await expireKey(relay, keyId, expiresAtMs);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OldKeyKeptError(`the new key is issued, but ${keyId} keeps its end, so revoke it in time: ${reason}`, {
      cause,
    });
  }
}

function assertActive(record: WorkerKeyRecord, nowMs: number): void {
  if (isUsable(record, nowMs)) return;
  const end = record.status === 'revoked' ? 'is revoked' : 'has expired';
  throw new UsageError(`${record.keyId} ${end}, so there is nothing to rotate: issue a key`);
}

/** As far from now as the old key's end was from its making. */
function toLikeEnd({ createdAt, expiresAtMs }: WorkerKeyRecord, nowMs: number): number | null {
  if (expiresAtMs === null) return null;
  const lifetimeMs = expiresAtMs - Date.parse(createdAt);
  if (lifetimeMs > 0) return nowMs + lifetimeMs;
  throw new UsageError('the old key does not tell how long it was issued for: say --expires-in 90d');
}

/** Read back, because the old key may have an earlier end of its own, or have been revoked meanwhile. */
function toEndOfOld({ keyId, status, expiresAtMs }: WorkerKeyRecord): string {
  const changedAtMs = Date.now();
  const everywhere = holdsEverywhereFrom(changedAtMs);
  if (status === 'revoked' || expiresAtMs === null) return `${keyId} was revoked meanwhile\n`;
  const end = new Date(expiresAtMs).toISOString();
  const late = end < everywhere ? `; refused everywhere from ${everywhere} on` : '';
  return `${keyId} is good until ${end}${late}\n`;
}
