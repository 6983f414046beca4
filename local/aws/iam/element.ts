import { UnknownPolicyElementError } from './refusal.ts';

/** One JSON value in a policy document, with its path. */
export class PolicyElement {
  readonly policyName: string;
  readonly path: string;
  readonly value: unknown;

  constructor(policyName: string, path: string, value: unknown) {
    this.policyName = policyName;
    this.path = path;
    this.value = value;
  }

  /** Always throws. The return type is `never`, so that a caller can write `return element.refuse(…)`. */
  refuse(problem: string): never {
    throw new UnknownPolicyElementError(this.policyName, this.path, problem);
  }

  /** The members of a JSON object by name. Throws for anything else. */
  members(): ReadonlyMap<string, PolicyElement> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.refuse('must be an object');
    const prefix = this.path === '' ? '' : `${this.path}.`;
    return new Map(
      Object.entries(value).map(([name, member]: [string, unknown]) => [
        name,
        new PolicyElement(this.policyName, prefix + name, member),
      ]),
    );
  }

  /** The items of a list, or a single item without a list, as IAM accepts both. Throws for a meaningless empty list. */
  items(): readonly PolicyElement[] {
    if (!Array.isArray(this.value)) return [this];
    if (this.value.length === 0) return this.refuse('must not be an empty list');
    return this.value.map(
      (item: unknown, index) => new PolicyElement(this.policyName, `${this.path}[${String(index)}]`, item),
    );
  }

  /** A non-empty string. Throws for anything else. */
  text(): string {
    return typeof this.value === 'string' && this.value !== '' ? this.value : this.refuse('must be a non-empty string');
  }
}
