import { toEndpoints } from '../../operator/endpoints.ts';
import { findKey } from '../../operator/key-records.ts';
import { findLastSeen } from '../../operator/key-use.ts';
import { macKeyNameOf } from '../../operator/mac-keys.ts';
import { SealChecker } from '../../operator/seal.ts';
import type { Target } from '../../operator/target.ts';
import { toJson } from '../json.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { type DescribedKey, describeKey, type ShownOutput } from './described-key.ts';
import { toEndpointLines } from './endpoint-lines.ts';
import { parseKeyId } from './key-id.ts';
import { toKeyVariables } from './key-variables.ts';
import { toBlock } from './table.ts';

export interface ShowOptions extends RelayOptions {
  readonly output: ShownOutput;
}

export async function show(keyIdText: string, options: ShowOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const relay = await findRelay(options);
  const [stored, lastSeenOn] = await Promise.all([findKey(relay, keyId), findLastSeen(relay, keyId)]);
  const seal = await new SealChecker(relay).check(stored.record);
  const key = describeKey(stored, nowMs, { lastSeenOn, seal, macKey: macKeyNameOf(relay, stored.record) });
  await terminal.print(toText(options.output, key, stored.domains, relay));
  if (seal === 'altered') terminal.warn(`${keyId} was altered since it was issued, so it lets nobody in: revoke it\n`);
}

/** @param domains the default first, as the key has them. */
function toText(output: ShownOutput, key: DescribedKey, domains: readonly string[], relay: Target): string {
  const endpoints = domains.map((domain) => toEndpoints(relay, domain));
  switch (output) {
    case 'table':
      return `${toBlock(key)}\n${toEndpointLines(endpoints)}`;
    case 'json':
      return `${toJson({ ...key, endpoints })}\n`;
    case 'env':
      return toVariables(key, domains, relay);
  }
}

function toVariables({ keyId, status }: DescribedKey, domains: readonly string[], relay: Target): string {
  const heading = `Worker key ${keyId} of the heartbeat relay, ${status}. Its secret was shown once, when it was issued.`;
  return toKeyVariables(heading, { keyId, domains }, relay);
}
