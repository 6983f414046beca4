import { existsSync } from 'node:fs';

import { type Browser, chromium } from 'playwright-core';

/** Debian's, which `.ci/run` installs, and what others install. */
export const CHROMIUM_PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** None of the programs is installed. */
export class NoChromiumError extends Error {
  override readonly name = 'NoChromiumError';
}

export const findChromium = (): string | undefined => CHROMIUM_PROGRAMS.find((path) => existsSync(path));

/**
 * Its sandbox needs rights that containers often do not have. It loads nothing but pages of this machine.
 *
 * @throws NoChromiumError
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new NoChromiumError(`install one of ${CHROMIUM_PROGRAMS.join(', ')}`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
