import type { z } from 'zod';

/** Thrown at synthesis. Its message has one line for each problem. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  /** @param subject what has the problems. */
  constructor(problems: readonly string[], subject = 'The settings of this stage') {
    super([`${subject} cannot be deployed:`, ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** Describes what a schema reports, one text for each problem. */
export function toProblems(root: string, issue: z.core.$ZodIssue): string[] {
  const path = [root, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: is not a known setting`);
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => `${path}: ${message}`);
  return [`${path}: ${issue.message}`];
}
