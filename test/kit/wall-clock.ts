import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Scene } from './scene.ts';

const SOURCE = fileURLToPath(new URL('wall-clock.c', import.meta.url));

/** Setting the machine's own clock would disturb everybody, so a small library takes the place of the C library's clock. */
export const canSetWallClock = spawnSync('cc', ['--version']).status === 0;

if (!canSetWallClock) process.stderr.write('skipped: workers whose wall clock is set, for there is no C compiler\n');

/** Variables that let the worker, its programs and its work see a clock that `setWallClock` can set. */
export function withWallClock(scene: Scene): Readonly<Record<string, string>> {
  const library = scene.path('wall-clock.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, SOURCE]);
  setWallClock(scene, 0);
  return { LD_PRELOAD: library, WALL_CLOCK_FILE: scene.path('offset') };
}

/** Lets it be ahead by so many seconds from now on; negative: behind. */
export const setWallClock = (scene: Scene, offsetSeconds: number): void =>
  writeFileSync(scene.path('offset'), String(offsetSeconds));
