import { lstatSync } from 'node:fs';

import { createPrivateFile } from '../../local/private-files.ts';
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
