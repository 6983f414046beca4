import type { z } from 'zod';

/** Describes what a schema reports, one text for each problem. */
export function toProblems(root: string, issue: z.core.$ZodIssue): string[] {
  const path = [root, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: is not a known setting`);
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => `${path}: ${message}`);
  return [`${path}: ${issue.message}`];
}
