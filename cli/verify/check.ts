import type { Scene } from './scene.ts';

/** One check, and one line of the report. */
export interface Check {
  /** Shown in the line and in docs/verify.md. */
  readonly name: string;
  /** The checks without which this one cannot be made, or would only fail for the same reason. */
  readonly needs: readonly string[];
  /**
   * Resolves to what was seen.
   *
   * @throws SomethingElseError, NotCheckedError
   */
  readonly act: (scene: Scene) => Promise<string>;
}

/** Thrown when something else was seen than the relay relies on. The message says what, and what may cause it. */
export class SomethingElseError extends Error {
  override readonly name = 'SomethingElseError';
}

/** Thrown when the check can't be made; the message says why. */
export class NotCheckedError extends Error {
  override readonly name = 'NotCheckedError';
}

/** @throws SomethingElseError */
export function assertSeen(isSeen: boolean, instead: string): asserts isSeen {
  if (!isSeen) throw new SomethingElseError(instead);
}
