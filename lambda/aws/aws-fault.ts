/**
 * An error that an SDK threw. The relay identifies it by name, because `instanceof` fails across bundles and versions.
 */
export interface AwsFault {
  readonly name: string;
  readonly message: string;
  /** HTTP status of the answer; undefined if there was none. */
  readonly status: number | undefined;
}

/** AWS's error names for an unknown caller or expired credentials (common errors of SWF and other services). */
const CREDENTIAL_FAULTS: ReadonlySet<string> = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'ExpiredToken',
  'ExpiredTokenException',
  'OptInRequired',
]);

const DENIAL_FAULTS: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException', 'NotAuthorized']);

export function toAwsFault(error: unknown): AwsFault {
  if (!(error instanceof Error)) return { name: typeof error, message: '', status: undefined };
  return { name: error.name, message: error.message, status: toStatus(error) };
}

export function isCredentialFault({ name }: AwsFault): boolean {
  return CREDENTIAL_FAULTS.has(name);
}

export function isDenial({ name }: AwsFault): boolean {
  return DENIAL_FAULTS.has(name);
}

function toStatus(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const metadata: { httpStatusCode?: unknown } = error.$metadata;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
