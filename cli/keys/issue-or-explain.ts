import { type IssuedKey, issueKey, type KeyRequest } from '../../operator/issue.ts';
import type { Target } from '../../operator/target.ts';

/** AWS did not let the operator issue a key. */
export class KeyNotIssuedError extends Error {
  override readonly name = 'KeyNotIssuedError';
}

/**
 * Issues a key. The error quotes AWS, because the operator needs it to fix keys or permissions.
 *
 * @throws UsageError, KeyNotIssuedError
 */
export async function issueOrExplain(relay: Target, request: KeyRequest, nowMs: number): Promise<IssuedKey> {
  try {
    return await issueKey(relay, request, nowMs);
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof Error)) throw error;
    throw new KeyNotIssuedError(`no key was issued, because KMS derives no secret: ${error.cause.message}`, {
      cause: error,
    });
  }
}
