import { revokeKey } from '../../operator/revocation.ts';
import { toJson } from '../json.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { holdsEverywhereFrom } from './everywhere.ts';
import { parseKeyId } from './key-id.ts';

export interface RevokeOptions extends RelayOptions {
  readonly output: 'table' | 'json';
}

export async function revoke(keyIdText: string, options: RevokeOptions, terminal: Terminal): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const relay = await findRelayToChange(options, terminal);
  const { wasRevoked, successor } = await revokeKey(relay, keyId);
  const refusedEverywhereFrom = holdsEverywhereFrom(Date.now());
  const outcome = wasRevoked ? 'was already revoked' : 'is revoked';
  const text = `${keyId} ${outcome}: every container refuses it from ${refusedEverywhereFrom} on\n`;
  const result = { keyId, wasRevoked, refusedEverywhereFrom };
  await terminal.print(options.output === 'json' ? `${toJson(result)}\n` : text);
  if (successor !== undefined) terminal.warn(`it was being rotated, so its successor ${successor} is revoked, too\n`);
}
