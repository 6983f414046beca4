/**
 * A policy document holds something this evaluator does not know, or that IAM itself refuses.
 * Thrown while a policy is parsed, never while a request is decided: what is not understood must not pass as "does not apply".
 */
export class UnknownPolicyElementError extends Error {
  override readonly name = 'UnknownPolicyElementError';
  /** Where in the document, for example `Statement[2].Condition.DateLessThan`. */
  readonly path: string;

  constructor(policyName: string, path: string, problem: string) {
    super(`policy ${policyName}, ${path}: ${problem}`);
    this.path = path;
  }
}
