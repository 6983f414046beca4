import { createPrivateKey, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';

import type { StateFolder } from '../../state-folder.ts';
import type { IssuedCertificate } from './issue.ts';

/** The certificate and key of a server on this machine, and the authority that its clients trust. */
export interface ServerCertificate extends IssuedCertificate {
  /** Absolute path of the authority's file. */
  readonly caFile: string;
}

/** The file names in the state folder. */
export const CERTIFICATE_FILES = {
  authority: 'ca.pem',
  certificate: 'certificate.pem',
  key: 'certificate.key',
} as const;

const NAMES = Object.values(CERTIFICATE_FILES);

/** A week, so that no certificate expires while a stack runs for days. */
const RENEW_BEFORE_EXPIRY_MS = 7 * 24 * 3_600_000;

/**
 * Reads the certificate from a state folder. If the certificate is missing, incomplete, damaged or about to expire,
 * issues a new one, with a new authority.
 */
export async function loadCertificate(stateFolder: StateFolder, nowMs: number): Promise<ServerCertificate> {
  const caFile = resolve(stateFolder.file(CERTIFICATE_FILES.authority));
  const stored = readStored(stateFolder);
  if (stored !== undefined && isUsable(stored, nowMs)) return { ...stored, caFile };
  // Imported only when needed, because the library takes a tenth of a second to load. It requires `reflect-metadata`.
  await import('reflect-metadata');
  const { issueCertificate } = await import('./issue.ts');
  const issued = await issueCertificate(nowMs);
  // Writing to an existing file would keep its mode.
  for (const name of NAMES) stateFolder.remove(name);
  stateFolder.write(CERTIFICATE_FILES.authority, issued.authority);
  stateFolder.write(CERTIFICATE_FILES.certificate, issued.certificate);
  stateFolder.write(CERTIFICATE_FILES.key, issued.key);
  return { ...issued, caFile };
}

function readStored(stateFolder: StateFolder): IssuedCertificate | undefined {
  const [authority, certificate, key] = NAMES.map((name) => stateFolder.read(name));
  if (authority === undefined || certificate === undefined || key === undefined) return undefined;
  return { authority, certificate, key };
}

/** Whether the three parts belong together and stay valid long enough. False if one of them cannot be parsed. */
function isUsable({ authority, certificate, key }: IssuedCertificate, nowMs: number): boolean {
  try {
    const ca = new X509Certificate(authority);
    const server = new X509Certificate(certificate);
    const belongTogether =
      server.checkIssued(ca) && server.verify(ca.publicKey) && server.checkPrivateKey(createPrivateKey(key));
    return belongTogether && [ca, server].every((one) => staysValid(one, nowMs));
  } catch {
    return false;
  }
}

function staysValid({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime() - RENEW_BEFORE_EXPIRY_MS;
}
