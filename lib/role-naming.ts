import { ArnFormat, type Stack } from 'aws-cdk-lib';

import { domainRoleName, functionRoleName } from '../lambda/environment/environment.ts';

/** Where the roles of a relay are, and how their names begin. */
export interface RoleSettings {
  /** @default / */
  readonly path?: string | undefined;
  /** @default none */
  readonly namePrefix?: string | undefined;
}

/** The names of the roles of one relay. They are known at synthesis, and the function derives the same. */
export class RoleNaming {
  readonly path: string;
  readonly functionRole: string;
  /** What every role's ARN has between `role` and the rest of its name. */
  readonly prefix: string;
  readonly #stack: Stack;
  readonly #relayName: string;
  readonly #namePrefix: string;

  constructor(stack: Stack, relayName: string, { path = '/', namePrefix = '' }: RoleSettings) {
    this.#stack = stack;
    this.#relayName = relayName;
    this.#namePrefix = namePrefix;
    this.path = path;
    this.prefix = `${path}${namePrefix}`;
    this.functionRole = functionRoleName(relayName, stack.region, namePrefix);
  }

  ofDomain(domainName: string): string {
    return `${this.#namePrefix}${domainRoleName(this.#relayName, this.#stack.region, domainName)}`;
  }

  /** The role of a part that is not the function's. */
  ofPart(part: string): string {
    return `${this.#namePrefix}${domainRoleName(this.#relayName, this.#stack.region, `/${part}`).replace('/', '')}`;
  }

  /** Builds a role's ARN from its name, without a reference to the resource, so that its length is known at synthesis. */
  arnOf(roleName: string): string {
    return this.#stack.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `${this.path.slice(1)}${roleName}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  get functionRoleArn(): string {
    return this.arnOf(this.functionRole);
  }
}
