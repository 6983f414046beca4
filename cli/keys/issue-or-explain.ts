import { AlteredRecordError } from '../../operator/key-plan.ts';

/** AWS did not let the operator issue a key. */
export class KeyNotIssuedError extends Error {
  override readonly name = 'KeyNotIssuedError';
}

/**
 * Does what derives a secret or a seal. The error quotes AWS, because the operator needs it to fix keys or permissions.
 *
 * @throws KeyNotIssuedError, and what the work throws.
 */
export async function issueOrExplain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AlteredRecordError) throw error;
    if (!(error instanceof Error && error.cause instanceof Error)) throw error;
    throw new KeyNotIssuedError(`no key was issued, because KMS derives no secret: ${error.cause.message}`, {
      cause: error,
    });
  }
}
