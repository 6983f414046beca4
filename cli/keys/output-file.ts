import { rmSync } from 'node:fs';

import { createPrivateFile, readPrivateFile, replacePrivateFile } from '../../local/private-files.ts';
import { UsageError } from '../../operator/usage-error.ts';

/**
 * Creates the file and removes it again. Before a key is issued, because its secret could not be delivered afterwards. No
 * file stays: if the command is killed, the same command line works again.
 *
 * @throws UsageError if something has that name, a link included, or if there can be no such file.
 */
export function assertCreatable(file: string | undefined): void {
  if (file === undefined) return;
  try {
    createPrivateFile(file, '');
  } catch (cause) {
    throw new UsageError(toReason(file, cause), { cause });
  }
  rmSync(file);
}

/**
 * Creates a file that only the user can read. An earlier command may have written the file, or its beginning if it was ended
 * meanwhile. Fails if something else has that name.
 */
export function writeSecretOnce(file: string, text: string): void {
  const found = readPrivateFile(file);
  if (found !== undefined && text.startsWith(found)) replacePrivateFile(file, text);
  else createPrivateFile(file, text);
}

function toReason(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EEXIST') return `${file} exists, and --output-file never overwrites: name another file`;
  return `--output-file can't be created: ${cause instanceof Error ? cause.message : String(cause)}`;
}
