import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';

import { type SecretSource, toSecretMessage } from '../workers/mac-message.ts';
import { toWorkerSecret, type WorkerSecret } from '../workers/worker-key.ts';
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

/** Derives the secret of a worker key. The relay stores it nowhere. Fails as `deriveMac` does. */
export async function deriveSecret(
  client: KMSClient,
  kmsKeyArn: string,
  source: SecretSource,
  abortSignal?: AbortSignal,
): Promise<WorkerSecret> {
  return toWorkerSecret(await deriveMac(client, kmsKeyArn, toSecretMessage(source), abortSignal));
}

/**
 * Derives the MAC of a message: a secret or a seal.
 *
 * @returns 32 bytes.
 * @throws RelayMisconfiguredError if the KMS key is disabled, deleted or access to it is denied;
 * AuthenticationUnavailableError otherwise.
 */
export async function deriveMac(
  client: KMSClient,
  kmsKeyArn: string,
  message: Uint8Array,
  abortSignal?: AbortSignal,
): Promise<Uint8Array> {
  const command = new GenerateMacCommand({ KeyId: kmsKeyArn, MacAlgorithm: 'HMAC_SHA_256', Message: message });
  try {
    const { Mac } = await client.send(command, abortSignal === undefined ? {} : { abortSignal });
    if (Mac === undefined) throw new AuthenticationUnavailableError('kms answered without a mac');
    return Mac;
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
