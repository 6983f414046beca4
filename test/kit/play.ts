import { expect } from 'vitest';

import { until } from '../e2e/until.ts';
import { KEY, OTHER_KEY, Scene, TASK_TOKEN } from './scene.ts';
import { isFor, type Situation } from './situation.ts';
import type { WorkerUnderTest } from './worker-under-test.ts';

export interface Play {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Every worker in every situation that is for it. */
export const toPlays = (workers: readonly WorkerUnderTest[], situations: readonly Situation[]): readonly Play[] =>
  workers.flatMap((worker) =>
    situations
      .filter((situation) => isFor(situation, worker))
      .map((situation) => ({ name: `${worker.name} ${situation.name}`, run: () => play(worker, situation) })),
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
  assertAlways(scene);
  await situation.afterwards?.(scene);
}

const LATE = 'heartbeat: not recorded: no answer (…)';

/**
 * On a machine that is too busy, this relay may be late. The worker then says so, rightly: that counts only if the
 * situation is about it.
 */
function toPrints(lines: readonly string[], expected: readonly string[] = []): readonly string[] {
  const masked = lines.map((line) => line.replace(/\(.*\)$/, '(…)'));
  if (expected.includes(LATE)) return masked;
  return masked.filter((line) => line !== LATE).filter((line, index, kept) => line !== kept[index - 1]);
}

/** What holds in every situation. */
function assertAlways({ relay, stdout, stderr }: Scene): void {
  expect(relay.mostAtOnce).toBeLessThanOrEqual(1);
  for (const secret of [KEY, OTHER_KEY, TASK_TOKEN]) expect(stdout + stderr).not.toContain(secret);
}
