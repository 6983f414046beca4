import type { RecordV1 } from '../../lambda/workers/key-record.ts';
import { toEndpoints } from '../../operator/endpoints.ts';
import { findKey } from '../../operator/key-records.ts';
import { findLastSeen } from '../../operator/key-use.ts';
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
  const [record, lastSeenOn] = await Promise.all([findKey(relay, keyId), findLastSeen(relay, keyId)]);
  const key = describeKey(record, lastSeenOn, nowMs);
  await terminal.print(toText(options.output, key, record.domains, relay));
}

/** @param domains the default first, as the record has them. */
function toText(output: ShownOutput, key: DescribedKey, domains: RecordV1['domains'], relay: Target): string {
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

function toVariables({ keyId, status }: DescribedKey, domains: RecordV1['domains'], relay: Target): string {
  const heading = `Worker key ${keyId} of the heartbeat relay, ${status}. Its secret was shown once, when it was issued.`;
  return toKeyVariables(heading, { keyId, domains }, relay);
}
