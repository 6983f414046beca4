import { expect } from 'vitest';

/** Matches a text that is one line, holds what `says` says, and nothing like a stack trace after it. */
export function aLine(says: RegExp): unknown {
  const [start, end] = ['(?<![^])', '(?![^])'];
  return expect.stringMatching(new RegExp(`${start}(?=[^\\n]*(?:${says.source}))[^\\n]+\\n${end}`, 'm'));
}

/** Matches what a command prints when it refuses. */
export const aRefusal = (says: RegExp, exitCode = 2): unknown => ({ exitCode, stdout: '', stderr: aLine(says) });

/** Matches what a command prints when it is done. */
export function aSuccess(says: RegExp): unknown {
  const stdout: unknown = expect.stringMatching(says);
  return { exitCode: 0, stdout, stderr: '' };
}
