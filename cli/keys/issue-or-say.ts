import { type IssuedKey, issueKey, type KeyRequest } from '../issue.ts';
import type { Target } from '../target.ts';

/** Thrown where AWS let no key be issued. */
export class KeyNotIssuedError extends Error {
  override readonly name = 'KeyNotIssuedError';
}

/**
 * Issues a key. What AWS itself said is for the operator to read, whose keys and permissions it is about.
 *
 * @throws UsageError, KeyNotIssuedError
 */
export async function issueOrSay(relay: Target, request: KeyRequest, nowMs: number): Promise<IssuedKey> {
  try {
    return await issueKey(relay, request, nowMs);
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof Error)) throw error;
    throw new KeyNotIssuedError(`no key was issued, for KMS derives no secret: ${error.cause.message}`, {
      cause: error,
    });
  }
}
