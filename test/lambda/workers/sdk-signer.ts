import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

import { aKeyId, aRecord, toSecret } from './worker-key-records.ts';

export interface Signer {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly sessionToken?: string;
  /** As the SDK does, and the AWS CLI does not. */
  readonly sendsHash?: boolean;
}

/** AWS's own, as its SDK for JavaScript has it; without more, the worker of `orders`. */
export function aSigner({
  region = 'eu-west-1',
  credentials,
  sessionToken,
  sendsHash = true,
}: Signer = {}): SignatureV4 {
  const key = credentials ?? { accessKeyId: aKeyId(), secretAccessKey: toSecret(aRecord()) };
  return new SignatureV4({
    service: 'swf',
    region,
    credentials: sessionToken === undefined ? key : { ...key, sessionToken },
    sha256: Sha256,
    applyChecksum: sendsHash,
  });
}
