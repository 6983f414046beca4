import { findKey } from '../../operator/key-records.ts';
import { findLastSeen } from '../../operator/key-use.ts';
import { findRelay, type RelayOptions } from '../relay.ts';
import type { Terminal } from '../terminal.ts';
import { describeKey } from './described-key.ts';
import { parseKeyId } from './key-id.ts';
import { toBlock } from './table.ts';

export interface KeyOptions extends RelayOptions {
  readonly output: 'table' | 'json';
}

export async function show(keyIdText: string, options: KeyOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const keyId = parseKeyId(keyIdText);
  const relay = await findRelay(options);
  const [record, lastSeenOn] = await Promise.all([findKey(relay, keyId), findLastSeen(relay, keyId)]);
  const key = describeKey(record, lastSeenOn, nowMs);
  await terminal.print(options.output === 'json' ? `${JSON.stringify(key)}\n` : toBlock(key));
}
