import type { KeyEvents } from '../workers/known-key.ts';
import type { KeyId } from '../workers/worker-key.ts';
import type { Item } from './worker-key-item.ts';

/** The events that decide whether a key may be used. The table has others, which only operators read. */
const ENDS = 'ends';
const REVOKED = 'revoked';

/** The primary keys of these events of one key. */
export function toEventKeys(keyId: KeyId): Item[] {
  return [ENDS, REVOKED].map((event) => ({ keyId: { S: keyId }, event: { S: event } }));
}

/**
 * Parses the events of one key. The mere existence of `revoked` revokes. Of `ends` only `endsAt` matters (ISO 8601).
 *
 * @returns undefined if `ends` is malformed: the key has an end that nobody can tell, so the relay refuses it.
 */
export function parseKeyEvents(items: readonly Item[]): KeyEvents | undefined {
  const isRevoked = items.some(({ event }) => event?.S === REVOKED);
  const ends = items.find(({ event }) => event?.S === ENDS);
  if (ends === undefined) return { isRevoked, endsAtMs: null };
  const endsAtMs = Date.parse(ends['endsAt']?.S ?? '');
  return Number.isNaN(endsAtMs) ? undefined : { isRevoked, endsAtMs };
}
