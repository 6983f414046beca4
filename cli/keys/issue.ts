import { assertDeclared } from '../../operator/domains.ts';
import { type ExpiryOptions, parseExpiry } from '../expiry.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { issueOrExplain } from './issue-or-explain.ts';
import { type IssuedOutput, printIssued } from './issued-key.ts';

export interface IssueOptions extends RelayOptions, ExpiryOptions {
  readonly domain: readonly string[];
  readonly label: string;
  readonly output: IssuedOutput;
}

export async function issue(options: IssueOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const { label, domain: domains, output } = options;
  const expiresAtMs = parseExpiry(options, nowMs);
  const relay = await findRelayToChange(options, terminal);
  assertDeclared(relay, domains);
  const issued = await issueOrExplain(relay, { label, domains, expiresAtMs }, nowMs);
  await printIssued(terminal, output, issued, relay);
}
