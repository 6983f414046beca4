import { isUsable } from '../../lambda/workers/known-key.ts';
import { assertDeclared } from '../../operator/domains.ts';
import { type Attribution, findEvent } from '../../operator/key-events.ts';
import { carryOut, type KeyPlan } from '../../operator/key-plan.ts';
import { expireKey, findKey } from '../../operator/key-records.ts';
import { type ManagedKey, toDomainName } from '../../operator/managed-key.ts';
import {
  assertNotRevoked,
  completeRotation,
  findPlan,
  isRotationPending,
  revokeSuccessor,
} from '../../operator/rotation.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { type ExpiryOptions, parseDuration, parseExpiry } from '../expiry.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { issueOrExplain } from './issue-or-explain.ts';
import { assertPresentable, type IssuedOptions, printIssued } from './issued-key.ts';
import { parseKeyId } from './key-id.ts';
import { assertCreatable } from './output-file.ts';
import { assertResumable, planSuccessor } from './successor.ts';

/** The successor exists, but the old key could not be made to expire. */
class OldKeyKeptError extends Error {
  override readonly name = 'OldKeyKeptError';
}

export interface RotateOptions extends RelayOptions, ExpiryOptions, IssuedOptions {
  readonly overlap: string;
  readonly domain?: readonly string[];
}

const ADVICE = 'rotate again, which prints it again';

/**
 * First it records which key is the successor, and last that the rotation is complete. If it ends anywhere between, the
 * next rotation of the same key carries on.
 */
export async function rotate(
  keyIdText: string,
  options: RotateOptions,
  terminal: Terminal,
  nowMs: number,
): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const overlapMs = parseDuration('--overlap', options.overlap);
  const givenEndMs = parseExpiry(options, nowMs);
  assertCreatable(options.outputFile);
  const relay = await findRelayToChange(options, terminal);
  assertDeclared(relay, options.domain ?? []);
  const old = await findKey(relay, keyId);
  const by = { actor: await relay.findCaller(), atMs: nowMs };
  const begun = await issueOrExplain(async () => findBegun(relay, old, by));
  if (begun === undefined || !isRotationPending(old.events)) assertActive(old, nowMs);
  if (begun !== undefined) await assertResumable(relay, begun, options.domain, terminal);
  const domains = begun?.domains.map(toDomainName) ?? options.domain ?? old.domains;
  assertPresentable(options, { label: old.label, domains, expiresAt: null }, relay);
  const plan = begun ?? (await planSuccessor(relay, old, { domains: options.domain, givenEndMs }, terminal, by));
  if (plan === undefined) {
    terminal.warn('no key was issued\n');
    return;
  }
  const issued = await issueOrExplain(async () => carryOut(relay, plan, by));
  await assertNotRevoked(relay, keyId, plan.keyId, by);
  // Before the old key changes: if this fails, nobody loses a key.
  await printIssued(terminal, options, issued, relay, ADVICE);
  await expireOrExplain(relay, old, nowMs + overlapMs, by);
  await finish(relay, old, plan, by);
  terminal.warn(toEndOfOld(await findKey(relay, keyId)));
}

/** The plan of a rotation that another command began. If the key was revoked before it was complete, so is the successor. */
async function findBegun(relay: Target, old: ManagedKey, by: Attribution): Promise<KeyPlan | undefined> {
  const { keyId, status, events } = old;
  if (status !== 'revoked') return findPlan(relay, keyId, events);
  const plan = isRotationPending(events) ? await findPlan(relay, keyId, events) : undefined;
  if (plan !== undefined) await revokeSuccessor(relay, keyId, plan.keyId, by);
  return undefined;
}

async function expireOrExplain(relay: Target, old: ManagedKey, expiresAtMs: number, by: Attribution): Promise<void> {
  try {
    await expireKey(relay, old, expiresAtMs, by);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OldKeyKeptError(
      `the new key is issued, but ${old.keyId} keeps its end: rotate again, or revoke it in time: ${reason}`,
      {
        cause,
      },
    );
  }
}

/** The revocation is looked for on either side of the mark: a revocation that sees no mark revokes the successor itself. */
async function finish(relay: Target, { keyId, events }: ManagedKey, plan: KeyPlan, by: Attribution): Promise<void> {
  if (findEvent(events, 'rotated')?.['completedAt'] !== undefined) return;
  await assertNotRevoked(relay, keyId, plan.keyId, by);
  await completeRotation(relay, keyId, by);
  await assertNotRevoked(relay, keyId, plan.keyId, by);
}

function assertActive(key: ManagedKey, nowMs: number): void {
  if (isUsable(key, nowMs)) return;
  const end = key.status === 'revoked' ? 'is revoked' : 'has expired';
  throw new UsageError(`${key.keyId} ${end}, so there is nothing to rotate: issue a key`);
}

/** The old key may have an earlier end of its own, or somebody may have revoked it. */
function toEndOfOld({ keyId, status, expiresAtMs }: ManagedKey): string {
  const changedAtMs = Date.now();
  const everywhere = holdsEverywhereFrom(changedAtMs);
  if (status === 'revoked' || expiresAtMs === null) return `${keyId} has been revoked in the meantime\n`;
  const end = new Date(expiresAtMs).toISOString();
  const late = end < everywhere ? `; every container refuses it from ${everywhere} on` : '';
  return `${keyId} is valid until ${end}${late}\n`;
}
