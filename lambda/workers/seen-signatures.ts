import { BoundedMap } from '../bounded-map.ts';
import { SIGNATURE_LIFETIME_MS, usedTooLong } from './signature-date.ts';
import type { SignatureProof } from './sigv4.ts';

/** About 150 bytes each. Only verified signatures get in, so guessing evicts none. */
const MAX_SIGNATURES = 2_000;

/**
 * Ends a signature 5 minutes after its first use, even if its date is ahead of the relay's clock. By its date alone, a
 * signature dated 5 minutes ahead would stay valid for 10. Each container remembers only what it saw itself.
 */
export class SeenSignatures {
  readonly #firstSeenMs = new BoundedMap<string, number>(MAX_SIGNATURES);

  /** Call this for verified signatures only. @throws UnauthenticatedError */
  assertAlive({ signature, signedAt }: SignatureProof, nowMs: number): void {
    const firstSeenMs = this.#firstSeenMs.get(signature);
    if (firstSeenMs === undefined) {
      if (signedAt.atMs > nowMs) this.#firstSeenMs.set(signature, nowMs);
      return;
    }
    if (nowMs - firstSeenMs > SIGNATURE_LIFETIME_MS) throw usedTooLong(nowMs);
  }
}
