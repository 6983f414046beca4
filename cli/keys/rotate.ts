import { assertDeclared } from '../../operator/domains.ts';
import { findKey } from '../../operator/key-records.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import { type ExpiryOptions, parseDuration, parseExpiry } from '../expiry.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { assertPresentable, type IssuedOptions, printIssued } from './issued-key.ts';
import { parseKeyId } from './key-id.ts';
import { parseNetworks } from './networks.ts';
import { assertCreatable } from './output-file.ts';
import { type Rotation, rotateKey } from './rotate-key.ts';

export interface RotateOptions extends RelayOptions, ExpiryOptions, IssuedOptions {
  readonly overlap: string;
  readonly domain?: readonly string[];
  readonly network?: readonly string[];
  readonly rate?: number;
}

const ADVICE = 'rotate again, which prints it again';

/** Rotates one key. */
export async function rotate(
  keyIdText: string,
  options: RotateOptions,
  terminal: Terminal,
  nowMs: number,
): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const { domain: domains, network, rate } = options;
  const overlapMs = parseDuration('--overlap', options.overlap);
  const givenEndMs = parseExpiry(options, nowMs);
  const networks = network === undefined ? undefined : parseNetworks(network);
  assertCreatable(options.outputFile);
  const relay = await findRelayToChange(options, terminal);
  assertDeclared(relay, domains ?? []);
  const old = await findKey(relay, keyId);
  const rotation: Rotation = {
    overlapMs,
    domains,
    networks,
    rate,
    givenEndMs,
    by: { actor: await relay.findCaller(), atMs: nowMs },
    assertDeliverable: (key) => assertPresentable(options, key, relay),
    deliver: async (issued) => printIssued(terminal, options, issued, relay, ADVICE),
  };
  const rotated = await rotateKey(relay, old, rotation, terminal);
  terminal.warn(rotated === undefined ? 'no key was issued\n' : toEndOfOld(rotated));
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
