import { KeyObject, webcrypto } from 'node:crypto';

/** A certificate for 127.0.0.1 and its key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' };
const VALID_MS = 24 * 3_600_000;

/** Signed by itself, for one run: the measured processes trust it as an authority. */
export async function issueCertificate(nowMs: number): Promise<Certificate> {
  // A part of the library asks for it and does not load without; nothing is ever defined, so there is nothing to find.
  Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined });
  const { SubjectAlternativeNameExtension, X509CertificateGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=The AWS of a measurement',
    notBefore: new Date(nowMs - VALID_MS),
    notAfter: new Date(nowMs + VALID_MS),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
