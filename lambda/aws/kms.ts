import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';

import { type KeyId, toMacMessage, toWorkerSecret, type WorkerSecret } from '../workers/worker-key.ts';
import { RelayMisconfiguredError } from '../http/errors.ts';
import { AuthenticationUnavailableError } from '../workers/errors.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';

/** KMS's words for a key that can't be used until somebody acts. */
const KEY_FAULTS: ReadonlySet<string> = new Set([
  'DisabledException',
  'NotFoundException',
  'KMSInvalidStateException',
  'InvalidKeyUsageException',
]);

/**
 * Derives the secret of a worker key, which is stored nowhere.
 *
 * @throws RelayMisconfiguredError where the key is disabled, gone or denied; AuthenticationUnavailableError otherwise.
 */
export async function deriveSecret(
  client: KMSClient,
  kmsKeyArn: string,
  { keyId, domains }: { readonly keyId: KeyId; readonly domains: readonly string[] },
  abortSignal?: AbortSignal,
): Promise<WorkerSecret> {
  const command = new GenerateMacCommand({
    KeyId: kmsKeyArn,
    MacAlgorithm: 'HMAC_SHA_256',
    Message: toMacMessage(keyId, domains),
  });
  try {
    const { Mac } = await client.send(command, abortSignal === undefined ? {} : { abortSignal });
    if (Mac === undefined) throw new AuthenticationUnavailableError('kms answered without a mac');
    return toWorkerSecret(Mac);
  } catch (error) {
    throw toRelayError(error);
  }
}

function toRelayError(error: unknown): AuthenticationUnavailableError | RelayMisconfiguredError {
  if (error instanceof AuthenticationUnavailableError) return error;
  const fault = toAwsFault(error);
  const isOurs = KEY_FAULTS.has(fault.name) || isDenial(fault) || isCredentialFault(fault);
  if (isOurs) return new RelayMisconfiguredError('kms refuses the key of worker keys', { cause: error });
  return new AuthenticationUnavailableError('kms failed, or was not reached in time', { cause: error });
}
