import type { Scene } from './scene.ts';

/** One line of the verification. */
export interface Check {
  /** Stands in the line, and in docs/verify.md. */
  readonly name: string;
  /** Checks without which this one would say nothing of its own; `all` of those before, where it takes long. */
  readonly needs: readonly string[] | 'all';
  /** Resolves to what was seen. Throws SomethingElseError, or NotCheckedError. */
  readonly act: (scene: Scene) => Promise<string>;
}

/** Something else was seen than the relay is built on; the message says what, and what it points to. */
export class SomethingElseError extends Error {
  override readonly name = 'SomethingElseError';
}

/** It could not be looked at; the message says why. */
export class NotCheckedError extends Error {
  override readonly name = 'NotCheckedError';
}

/** @throws SomethingElseError */
export function assertSeen(isSeen: boolean, instead: string): asserts isSeen {
  if (!isSeen) throw new SomethingElseError(instead);
}
