import type { Beginning, Scene } from './scene.ts';
import { isLibrary, type WorkerKind, type WorkerUnderTest } from './worker-under-test.ts';

/** What happens to a worker, and what comes of it. */
export interface Situation extends Beginning {
  /** What a test is called after: it goes on after the worker's name. */
  readonly name: string;
  /** What the test does while the worker runs. */
  readonly meanwhile?: (scene: Scene) => Promise<void>;
  /** Null: a signal ended the worker. */
  readonly exitCode: number | null;
  /** Every line that the worker prints. Causes are masked as `(…)`. Undefined: not compared. */
  readonly prints?: readonly string[];
  /** What the work noted with `saw`. */
  readonly saw?: readonly string[];
  /** Anything else, once the worker has ended. */
  readonly afterwards?: (scene: Scene) => Promise<void> | void;
  /** If it is not for all. */
  readonly only?: readonly WorkerKind[];
  /** Leaves processes running on purpose. */
  readonly leavesWork?: boolean;
  /** The test stops the worker's process for a while, so its own gaps do not count. */
  readonly isSuspended?: boolean;
  /** Its T is so short that a busy machine can spoil it. It is played again then. */
  readonly isTight?: boolean;
  /** Takes more than about ten seconds, or shows what another one shows almost as well. */
  readonly isExpensive?: boolean;
}

export const COMMANDS: readonly WorkerKind[] = ['node-command', 'python-command', 'shell'];

export function isFor({ only, options }: Situation, worker: WorkerUnderTest): boolean {
  if (options !== undefined && isLibrary(worker)) return false;
  return only?.includes(worker.kind) ?? true;
}
