/** The command line, or something that it names, cannot be used. The message says what to do; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
