import { readKeyPages, type StoredKey } from '../../operator/key-pages.ts';
import { findEnd, removeKey } from '../../operator/purge.ts';
import type { Target } from '../../operator/target.ts';
import { assertCanAsk, isAgreedTo } from '../agreement.ts';
import { parsePast } from '../expiry.ts';
import { toJson } from '../json.ts';
import { findRelayToChange, type RelayOptions } from '../relay.ts';
import { printIfRead, type Terminal, withProgress } from '../terminal.ts';
import { toPrintable } from './printable.ts';

export interface PurgeOptions extends RelayOptions {
  readonly endedBefore: string;
  /** Only keys whose label contains it. */
  readonly label?: string;
  readonly yes: boolean;
  readonly output: 'table' | 'json';
}

/** Which records may go. */
interface Limits {
  readonly beforeMs: number;
  readonly label: string;
  readonly nowMs: number;
}

/** A record that may go, and when its key ended. */
interface EndedKey {
  readonly stored: StoredKey;
  readonly endedAt: string;
}

/** Removes the records of keys that have ended. */
export async function purge(options: PurgeOptions, terminal: Terminal, nowMs: number): Promise<void> {
  const { endedBefore, label = '', yes, output } = options;
  const limits: Limits = { beforeMs: parsePast('--ended-before', endedBefore, nowMs), label, nowMs };
  const relay = await findRelayToChange(options, terminal);
  if (!yes) assertCanAsk(terminal, 'add --yes to remove them');
  if (!yes && !(await isPurgeAgreedTo(relay, limits, terminal))) {
    terminal.warn('nothing was removed\n');
    return;
  }
  const by = { actor: await relay.findCaller(), atMs: nowMs };
  const counts = { removed: 0, changed: 0, undated: 0 };
  for await (const { keys } of readKeyPages(relay)) {
    counts.undated += keys.filter((key) => isUndated(key, limits)).length;
    for (const ended of findEnded(keys, limits)) {
      const isRemoved = await removeKey(relay, ended.stored, by);
      counts[isRemoved ? 'removed' : 'changed'] += 1;
      await printIfRead(terminal, output === 'json' ? toJsonLine(ended, isRemoved) : toLine(ended, isRemoved));
    }
  }
  terminal.warn(toSummary(counts, limits));
}

/** Counts first, because records cannot be brought back. */
async function isPurgeAgreedTo(relay: Target, limits: Limits, terminal: Terminal): Promise<boolean> {
  const count = await withProgress(terminal, 'counting', async () => {
    let total = 0;
    for await (const { keys } of readKeyPages(relay)) total += findEnded(keys, limits).length;
    return total;
  });
  const question = `Remove ${toCount(count, 'record')} of keys that ended before ${new Date(limits.beforeMs).toISOString()}?`;
  return isAgreedTo(terminal, question);
}

function findEnded(keys: readonly StoredKey[], { beforeMs, label, nowMs }: Limits): EndedKey[] {
  return keys.flatMap((stored) => {
    const endMs = findEnd(stored.key, nowMs);
    const isMeant = endMs !== undefined && endMs < beforeMs && stored.key.label.includes(label);
    return isMeant ? [{ stored, endedAt: new Date(endMs).toISOString() }] : [];
  });
}

/** An earlier version revoked it, and did not record when. */
const isUndated = ({ key }: StoredKey, { label, nowMs }: Limits): boolean =>
  key.status === 'revoked' && findEnd(key, nowMs) === undefined && key.label.includes(label);

function toLine({ stored: { key }, endedAt }: EndedKey, isRemoved: boolean): string {
  const outcome = isRemoved ? 'removed' : 'kept, because it was changed meanwhile:';
  return `${outcome} ${key.keyId} ${toPrintable(key.label)}, ended ${endedAt}\n`;
}

function toJsonLine({ stored: { key }, endedAt }: EndedKey, isRemoved: boolean): string {
  return `${toJson({ keyId: key.keyId, label: key.label, endedAt, isRemoved })}\n`;
}

function toSummary(counts: Readonly<Record<'removed' | 'changed' | 'undated', number>>, { beforeMs }: Limits): string {
  const { removed, changed, undated } = counts;
  const lines = [`removed ${toCount(removed, 'record')} of keys that ended before ${new Date(beforeMs).toISOString()}`];
  if (changed > 0) lines.push(`kept ${toCount(changed, 'record')} that somebody changed meanwhile: run it again`);
  if (undated > 0) {
    lines.push(
      `kept ${toCount(undated, 'key')} that an earlier version revoked, without the time: revoke again, which counts from then on`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

const toCount = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
