import { DEFAULT_OPERATIONS, type Operation } from '../../lambda/environment/environment.ts';
import { assertAllowed, assertDeclared } from '../../operator/domains.ts';
import { issueKey } from '../../operator/issue.ts';
import { type ExpiryOptions, parseExpiry } from '../expiry.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { issueOrExplain } from './issue-or-explain.ts';
import { assertPresentable, type IssuedOptions, printIssued } from './issued-key.ts';
import { parseNetworks } from './networks.ts';
import { assertCreatable } from './output-file.ts';

export interface IssueOptions extends RelayOptions, ExpiryOptions, IssuedOptions {
  readonly domain: readonly string[];
  readonly label: string;
  readonly operation?: readonly Operation[];
  readonly network?: readonly string[];
  readonly rate?: number;
}

const DEFAULT_LIFETIME_MS = 90 * 86_400_000;

export async function issue(options: IssueOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const { label, domain: domains, operation: operations = DEFAULT_OPERATIONS, rate, outputFile } = options;
  const givenEndMs = parseExpiry(options, nowMs);
  const expiresAtMs = givenEndMs === undefined ? nowMs + DEFAULT_LIFETIME_MS : givenEndMs;
  const networks = parseNetworks(options.network);
  assertCreatable(outputFile);
  const relay = await findRelayToChange(options, terminal);
  assertDeclared(relay, domains);
  assertAllowed(relay, domains, operations);
  assertPresentable(options, { label, domains, expiresAt: null }, relay);
  const request = { label, domains, expiresAtMs, operations, networks, ...(rate === undefined ? {} : { rate }) };
  const issued = await issueOrExplain(async () => issueKey(relay, request, nowMs));
  await printIssued(terminal, options, issued, relay);
  if (!operations.includes('heartbeat')) terminal.warn(toNoHeartbeats(issued.keyId));
}

/** A key for an end alone is fine for a program of one's own. */
function toNoHeartbeats(keyId: string): string {
  return `${keyId} may not send heartbeats, which every worker of the kit sends: for one, add --operation heartbeat\n`;
}
