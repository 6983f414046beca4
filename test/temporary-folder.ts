import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the whole run one temporary folder, and removes it at the end: what a test or a process that was killed left there goes
 * with it. It is made before the workers start, and they inherit the variable.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'relay-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
