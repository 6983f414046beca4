import { KeyObject, webcrypto } from 'node:crypto';

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate for this machine's names, its key, and the authority that signed it, all in PEM. */
export interface IssuedCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' };
const AUTHORITY = 'CN=Heartbeat relay on this machine (authority)';
const SERVER = 'CN=Heartbeat relay on this machine';
const VALID_MS = 365 * 24 * 3_600_000;

/** Keeps a new certificate valid even if someone sets the clock back a little. */
const BACKDATED_MS = 3_600_000;

/** Creates an authority, and a certificate signed by it for 127.0.0.1 and the names. Both are valid for a year. */
export async function issueCertificate(
  nowMs: number,
  names: readonly string[] = ['localhost'],
): Promise<IssuedCertificate> {
  // The authority's private key never leaves this function, so the authority can sign nothing else later.
  const authorityKeys = await webcrypto.subtle.generateKey(KEYS, false, ['sign']);
  const serverKeys = await webcrypto.subtle.generateKey(KEYS, true, ['sign']);
  const validity = { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + VALID_MS) };
  const signed = { ...validity, issuer: AUTHORITY, signingKey: authorityKeys.privateKey };
  const [authority, certificate] = await Promise.all([
    X509CertificateGenerator.create({
      ...signed,
      subject: AUTHORITY,
      publicKey: authorityKeys.publicKey,
      extensions: await toAuthorityExtensions(authorityKeys.publicKey),
    }),
    X509CertificateGenerator.create({
      ...signed,
      subject: SERVER,
      publicKey: serverKeys.publicKey,
      extensions: await toServerExtensions(serverKeys.publicKey, authorityKeys.publicKey, names),
    }),
  ]);
  return {
    authority: `${authority.toString('pem')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
    key: KeyObject.from(serverKeys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The extensions that RFC 5280, 4.2.1 requires of a CA. Strict clients, such as Python from 3.13 on, check them. */
async function toAuthorityExtensions(publicKey: webcrypto.CryptoKey) {
  return [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

/** The extensions of a server's certificate, with all names that appear in the server's URLs. */
async function toServerExtensions(
  publicKey: webcrypto.CryptoKey,
  authorityKey: webcrypto.CryptoKey,
  names: readonly string[],
) {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      ...names.map((value) => ({ type: 'dns', value }) as const),
    ]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(authorityKey),
  ];
}
