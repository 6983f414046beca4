import { lstatSync } from 'node:fs';

import { createPrivateFile, readPrivateFile, replacePrivateFile } from '../../local/private-files.ts';
import { UsageError } from '../../operator/usage-error.ts';

/**
 * Before a key is issued, because its secret could not be delivered afterwards.
 *
 * @throws UsageError if something has that name, a link included.
 */
export function assertNoFile(file: string | undefined): void {
  if (file === undefined || lstatSync(file, { throwIfNoEntry: false }) === undefined) return;
  throw new UsageError(`${file} exists, and --output-file never overwrites: name another file`);
}

/** Creates a file that only the user can read. Fails if something has that name by now. */
export function writeSecret(file: string, text: string): void {
  createPrivateFile(file, text);
}

/**
 * The same, where an earlier command may have written the file, or its beginning if it was ended meanwhile. Fails if something
 * else has that name.
 */
export function writeSecretOnce(file: string, text: string): void {
  const found = readPrivateFile(file);
  if (found !== undefined && text.startsWith(found)) replacePrivateFile(file, text);
  else createPrivateFile(file, text);
}
