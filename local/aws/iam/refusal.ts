/**
 * A policy document contains an element that this evaluator does not support, or that IAM itself refuses.
 * The parser throws it; the evaluator never does. An unsupported element must not count as "does not apply".
 */
export class UnknownPolicyElementError extends Error {
  override readonly name = 'UnknownPolicyElementError';
  /** The path in the document, for example `Statement[2].Condition.DateLessThan`. */
  readonly path: string;

  constructor(policyName: string, path: string, problem: string) {
    super(`policy ${policyName}, ${path}: ${problem}`);
    this.path = path;
  }
}
