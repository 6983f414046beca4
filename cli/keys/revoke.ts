import { revokeKey } from '../../operator/key-records.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { parseKeyId } from './key-id.ts';
import { toJson } from '../json.ts';

export interface RevokeOptions extends RelayOptions {
  readonly output: 'table' | 'json';
}

export async function revoke(keyIdText: string, options: RevokeOptions, terminal: Terminal): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const relay = await findRelayToChange(options, terminal);
  const wasRevoked = await revokeKey(relay, keyId);
  const refusedEverywhereFrom = holdsEverywhereFrom(Date.now());
  const outcome = wasRevoked ? 'was already revoked' : 'is revoked';
  const text = `${keyId} ${outcome}: every container refuses it from ${refusedEverywhereFrom} on\n`;
  await terminal.print(options.output === 'json' ? `${toJson({ keyId, wasRevoked, refusedEverywhereFrom })}\n` : text);
}
