import { KeyObject, webcrypto } from 'node:crypto';

/** A certificate for 127.0.0.1 and its key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' };
const VALID_MS = 24 * 3_600_000;

/** Issues a self-signed certificate for one run. The measured processes trust it as a certificate authority. */
export async function issueCertificate(nowMs: number): Promise<Certificate> {
  // A dependency of the library does not load without these functions. Nothing defines metadata, so they find none.
  Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined });
  const { SubjectAlternativeNameExtension, X509CertificateGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=Fake AWS of the benchmark',
    notBefore: new Date(nowMs - VALID_MS),
    notAfter: new Date(nowMs + VALID_MS),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
