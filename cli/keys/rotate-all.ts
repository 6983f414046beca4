import { findKey } from '../../operator/key-records.ts';
import type { IssuedKey } from '../../operator/key-plan.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import { findKeysToRotate } from '../../operator/rotation-candidates.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { assertCanAsk, isAgreedTo } from '../agreement.ts';
import { parseDuration, parseExpiry } from '../expiry.ts';
import { findRelayToChange } from '../relay.ts';
import { type Terminal, withProgress } from '../terminal.ts';
import { assertPresentable, type PresentedKey, SecretNotReadError } from './issued-key.ts';
import { toPrintable } from './printable.ts';
import type { RotateOptions } from './rotate.ts';
import { type Rotation, rotateKey } from './rotate-key.ts';
import { createSuccessorWriter, type SuccessorWriter } from './successor-writer.ts';

export interface RotateAllOptions extends RotateOptions {
  readonly newestToo: boolean;
  readonly yes: boolean;
  readonly outputFolder?: string;
}

/** Some keys have no successor yet. */
export class KeysNotRotatedError extends Error {
  override readonly name = 'KeysNotRotatedError';
}

/**
 * Rotates every key that has to be: see `findKeysToRotate`. A key that fails does not keep the others from being rotated.
 *
 * @throws KeysNotRotatedError if any fails; SecretNotReadError as soon as a secret cannot be delivered.
 */
export async function rotateAll(options: RotateAllOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const overlapMs = parseDuration('--overlap', options.overlap);
  const givenEndMs = parseExpiry(options, nowMs);
  assertSameGrants(options);
  const writer = createSuccessorWriter(options, terminal);
  const relay = await findRelayToChange(options, terminal);
  if (!options.yes) assertCanAsk(terminal, 'add --yes to rotate the keys');
  const scope = { newestToo: options.newestToo, nowMs };
  const keys = await withProgress(terminal, 'reading the keys', async () => findKeysToRotate(relay, scope));
  if (keys.length === 0) {
    terminal.warn('no key is left to rotate\n');
    return;
  }
  if (!options.yes && !(await isRotationAgreedTo(terminal, keys.length, options.overlap))) {
    terminal.warn('no key was issued\n');
    return;
  }
  const by = { actor: await relay.findCaller(), atMs: nowMs };
  const assertDeliverable = (key: PresentedKey): void => assertPresentable(options, key, relay);
  const changes = { domains: undefined, networks: undefined, rate: undefined, givenEndMs };
  const failed = await rotateEach(relay, keys, { ...changes, overlapMs, by, assertDeliverable }, writer, terminal);
  terminal.warn(`rotated ${keys.length - failed} of ${toCount(keys.length)}\n`);
  if (failed > 0) throw new KeysNotRotatedError(`not rotated: ${toCount(failed)}; the same command tries them again`);
}

/** @returns how many failed. */
async function rotateEach(
  relay: Target,
  keys: readonly ManagedKey[],
  rotation: Omit<Rotation, 'deliver'>,
  writer: SuccessorWriter,
  terminal: Terminal,
): Promise<number> {
  let failed = 0;
  for (const { keyId, label } of keys) {
    try {
      const delivered: IssuedKey[] = [];
      const deliver = async (issued: IssuedKey): Promise<void> => {
        await writer.deliver(keyId, issued, relay);
        delivered.push(issued);
      };
      // Read again: since the scan somebody may have rotated or revoked it.
      const old = await rotateKey(relay, await findKey(relay, keyId), { ...rotation, deliver }, terminal);
      const [issued] = delivered;
      if (old === undefined || issued === undefined) throw new UsageError('nobody agreed to its domains');
      await writer.confirm(old, issued);
    } catch (error) {
      if (error instanceof SecretNotReadError) throw error;
      failed += 1;
      const reason = error instanceof Error ? error.message : String(error);
      terminal.warn(`${toPrintable(`${keyId} ${label}: ${reason}`)}\n`);
    }
  }
  return failed;
}

/** What one key may do is no business of the others. */
function assertSameGrants({ domain, network, rate, outputFile }: RotateAllOptions): void {
  if (domain !== undefined || network !== undefined || rate !== undefined) {
    throw new UsageError('--all keeps what each key may do: leave --domain, --network and --rate out');
  }
  if (outputFile !== undefined) {
    throw new UsageError('--output-file takes one key: with --all, name a folder with --output-folder');
  }
}

async function isRotationAgreedTo(terminal: Terminal, count: number, overlap: string): Promise<boolean> {
  return isAgreedTo(terminal, `Rotate ${toCount(count)}? Each of them ends in ${overlap}.`);
}

const toCount = (count: number): string => `${count} key${count === 1 ? '' : 's'}`;
