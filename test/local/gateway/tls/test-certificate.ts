import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { loadCertificate, type ServerCertificate } from '../../../../local/gateway/tls/certificate.ts';
import { StateFolder } from '../../../../local/state-folder.ts';

/** Creates an empty state folder and removes it when the test ends. */
export function aStateFolder(): StateFolder {
  const path = mkdtempSync(join(tmpdir(), 'relay-tls-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return StateFolder.open(path);
}

/** Creates a currently valid certificate in a new state folder. */
export async function aCertificate(): Promise<ServerCertificate> {
  return loadCertificate(aStateFolder(), Date.now());
}
