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
