import { isKeyId, type KeyId } from '../../lambda/workers/worker-key.ts';
import { UsageError } from '../../operator/usage-error.ts';

/**
 * Parses the id of a worker key. The error does not repeat the text, which may be a whole key with its secret.
 *
 * @throws UsageError
 */
export function parseKeyId(text: string): KeyId {
  if (isKeyId(text)) return text;
  throw new UsageError('name one key by its id: HBRK and 16 letters and digits, without the dot and the secret');
}
