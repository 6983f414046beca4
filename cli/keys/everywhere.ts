/** A container trusts what it has read of a key for 50 s. The other 10 s are for a request under way. */
const HOLDS_EVERYWHERE_AFTER_MS = 60_000;

/** When a change of a key's record holds in every container; ISO 8601. */
export function holdsEverywhereFrom(changedAtMs: number): string {
  return new Date(changedAtMs + HOLDS_EVERYWHERE_AFTER_MS).toISOString();
}
