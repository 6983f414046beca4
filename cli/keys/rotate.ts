import { DOMAIN_NAME } from '../../lambda/environment.ts';
import type { RecordV1 } from '../../lambda/workers/key-record.ts';
import { isUsable } from '../../lambda/workers/known-key.ts';
import type { KeyId } from '../../lambda/workers/worker-key.ts';
import { assertDeclared } from '../../operator/domains.ts';
import { expireKey, findKey } from '../../operator/key-records.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { type ExpiryOptions, parseDuration, parseExpiry } from '../expiry.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { issueOrExplain } from './issue-or-explain.ts';
import { type IssuedOutput, printIssued } from './issued-key.ts';
import { parseKeyId } from './key-id.ts';

/** The successor exists, but the old key could not be made to expire. */
class OldKeyKeptError extends Error {
  override readonly name = 'OldKeyKeptError';
}

export interface RotateOptions extends RelayOptions, ExpiryOptions {
  readonly overlap: string;
  readonly domain?: readonly string[];
  readonly output: IssuedOutput;
}

export async function rotate(
  keyIdText: string,
  options: RotateOptions,
  terminal: Terminal,
  nowMs: number,
): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const overlapMs = parseDuration('--overlap', options.overlap);
  const givenEndMs = parseExpiry(options, nowMs);
  const relay = await findRelayToChange(options, terminal);
  assertDeclared(relay, options.domain ?? []);
  const old = await findKey(relay, keyId);
  assertActive(old, nowMs);
  assertDomainNames(old);
  const { label } = old;
  const { domain: domains = old.domains } = options;
  const expiresAtMs = givenEndMs ?? toSameLifetime(old, nowMs);
  const issued = await issueOrExplain(relay, { label, domains, expiresAtMs }, nowMs);
  // Before the old key changes: if this fails, nobody loses a key.
  await printIssued(terminal, options.output, issued, relay);
  await expireOrExplain(relay, keyId, nowMs + overlapMs);
  terminal.warn(toEndOfOld(await findKey(relay, keyId)));
}

async function expireOrExplain(relay: Target, keyId: KeyId, expiresAtMs: number): Promise<void> {
  try {
    await expireKey(relay, keyId, expiresAtMs);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OldKeyKeptError(`the new key is issued, but ${keyId} keeps its end, so revoke it in time: ${reason}`, {
      cause,
    });
  }
}

function assertActive(record: RecordV1, nowMs: number): void {
  if (isUsable(record, nowMs)) return;
  const end = record.status === 'revoked' ? 'is revoked' : 'has expired';
  throw new UsageError(`${record.keyId} ${end}, so there is nothing to rotate: issue a key`);
}

/** Whoever can write the table can put anything there. */
function assertDomainNames({ keyId, domains }: RecordV1): void {
  if (domains.every((domain) => DOMAIN_NAME.test(domain))) return;
  throw new UsageError(
    `the record of ${keyId} names a domain that the relay does not take: revoke it, and issue a key`,
  );
}

/** The end of a key that lives as long as the old one was issued for. */
function toSameLifetime({ createdAt, expiresAtMs }: RecordV1, nowMs: number): number | null {
  if (expiresAtMs === null) return null;
  const lifetimeMs = expiresAtMs - Date.parse(createdAt);
  if (lifetimeMs > 0) return nowMs + lifetimeMs;
  throw new UsageError('the record does not say how long the old key was issued for: add --expires-in 90d');
}

/** From the record as it is now: the old key may have an earlier end of its own, or somebody may have revoked it. */
function toEndOfOld({ keyId, status, expiresAtMs }: RecordV1): string {
  const changedAtMs = Date.now();
  const everywhere = holdsEverywhereFrom(changedAtMs);
  if (status === 'revoked' || expiresAtMs === null) return `${keyId} has been revoked in the meantime\n`;
  const end = new Date(expiresAtMs).toISOString();
  const late = end < everywhere ? `; every container refuses it from ${everywhere} on` : '';
  return `${keyId} is valid until ${end}${late}\n`;
}
