import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';

import { type KeyId, toMacMessage, toWorkerSecret, type WorkerSecret } from '../workers/worker-key.ts';
import { RelayMisconfiguredError } from '../http/errors.ts';
import { AuthenticationUnavailableError } from '../workers/errors.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';

/** KMS's error names for a key that stays unusable until the operator acts. */
const KEY_FAULTS: ReadonlySet<string> = new Set([
  'DisabledException',
  'NotFoundException',
  'KMSInvalidStateException',
  'InvalidKeyUsageException',
]);

/**
 * Derives the secret of a worker key. The relay stores it nowhere.
 *
 * @throws RelayMisconfiguredError if the KMS key is disabled, deleted or access to it is denied;
 * AuthenticationUnavailableError otherwise.
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
  const isMisconfigured = KEY_FAULTS.has(fault.name) || isDenial(fault) || isCredentialFault(fault);
  if (isMisconfigured) return new RelayMisconfiguredError('kms refuses the worker keys mac key', { cause: error });
  return new AuthenticationUnavailableError('kms failed or did not answer in time', { cause: error });
}
