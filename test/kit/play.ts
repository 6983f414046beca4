import { expect } from 'vitest';

import { until } from '../e2e/until.ts';
import { assertPromises } from './promises.ts';
import { Scene } from './scene.ts';
import { isFor, type Situation } from './situation.ts';
import type { WorkerUnderTest } from './worker-under-test.ts';

export interface Play {
  readonly name: string;
  /** Whether a busy machine can spoil it. */
  readonly isTight: boolean;
  readonly run: () => Promise<void>;
}

/** Every worker in every situation that is for it. */
export const toPlays = (workers: readonly WorkerUnderTest[], situations: readonly Situation[]): readonly Play[] =>
  workers.flatMap((worker) =>
    situations
      .filter((situation) => isFor(situation, worker))
      .map((situation) => ({
        name: `${worker.name} ${situation.name}`,
        isTight: situation.isTight === true,
        run: () => play(worker, situation),
      })),
  );

async function play(worker: WorkerUnderTest, situation: Situation): Promise<void> {
  await using scene = await Scene.open(situation);
  scene.start(worker, situation);
  await situation.meanwhile?.(scene);
  const exitCode = await scene.ended();
  if (situation.leavesWork !== true) {
    await until('the end of every process', () => (scene.livingProcesses().length === 0 ? true : undefined));
    await scene.drained();
  }
  const prints = toPrints(scene.lines, situation.prints);
  expect({ exitCode, prints, saw: scene.seen }).toEqual({
    exitCode: situation.exitCode,
    prints: situation.prints ?? prints,
    saw: situation.saw ?? scene.seen,
  });
  assertPromises(scene, situation);
  await situation.afterwards?.(scene);
}

const LATE = 'heartbeat: not recorded: no answer (…)';

/**
 * On a machine that is too busy, a request may be late: the worker waits for 6 s, and less if T is short. It then says so,
 * rightly, and tries again. Only a situation without any failure on purpose could forbid such a line, and
 * would fail by chance. That a worker without failures is not late is checked on the relay's side, in `promises.ts`.
 */
function toPrints(lines: readonly string[], expected: readonly string[] = []): readonly string[] {
  const masked = lines.map((line) => line.replace(/\(.*\)$/, '(…)'));
  if (expected.includes(LATE)) return masked;
  return masked.filter((line) => line !== LATE).filter((line, index, kept) => line !== kept[index - 1]);
}
