import { createPrivateKey, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';

import type { StateFolder } from '../../state-folder.ts';
import type { IssuedCertificate } from './issue.ts';

/** What a server on this machine proves itself with, and its clients check it by. */
export interface ServerCertificate extends IssuedCertificate {
  /** The authority's file, from the root of the file system. */
  readonly caFile: string;
}

/** Where in the state folder each part is kept. */
export const CERTIFICATE_FILES = {
  authority: 'ca.pem',
  certificate: 'certificate.pem',
  key: 'certificate.key',
} as const;

const NAMES = Object.values(CERTIFICATE_FILES);

/** A week, so that it does not expire under a stack that runs for days. */
const RENEWED_BEFORE_END_MS = 7 * 24 * 3_600_000;

/**
 * The certificate of a state folder. One that is kept serves again while it lasts; one that is about to expire, is
 * damaged or lacks a part is made anew, its authority included.
 */
export async function loadCertificate(stateFolder: StateFolder, nowMs: number): Promise<ServerCertificate> {
  const caFile = resolve(stateFolder.file(CERTIFICATE_FILES.authority));
  const kept = readKept(stateFolder);
  if (kept !== undefined && isUsable(kept, nowMs)) return { ...kept, caFile };
  // Here alone, because the library takes a tenth of a second to load; the first line is what it cannot load without.
  await import('reflect-metadata');
  const { issueCertificate } = await import('./issue.ts');
  const issued = await issueCertificate(nowMs);
  // A file that was there would keep its mode.
  for (const name of NAMES) stateFolder.remove(name);
  stateFolder.write(CERTIFICATE_FILES.authority, issued.authority);
  stateFolder.write(CERTIFICATE_FILES.certificate, issued.certificate);
  stateFolder.write(CERTIFICATE_FILES.key, issued.key);
  return { ...issued, caFile };
}

function readKept(stateFolder: StateFolder): IssuedCertificate | undefined {
  const [authority, certificate, key] = NAMES.map((name) => stateFolder.read(name));
  if (authority === undefined || certificate === undefined || key === undefined) return undefined;
  return { authority, certificate, key };
}

/** Whether the three belong together and will last; false where one of them can't be read as what it should be. */
function isUsable({ authority, certificate, key }: IssuedCertificate, nowMs: number): boolean {
  try {
    const ca = new X509Certificate(authority);
    const server = new X509Certificate(certificate);
    const isWhole =
      server.checkIssued(ca) && server.verify(ca.publicKey) && server.checkPrivateKey(createPrivateKey(key));
    return isWhole && [ca, server].every((one) => lasts(one, nowMs));
  } catch {
    return false;
  }
}

function lasts({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime() - RENEWED_BEFORE_END_MS;
}
