import type { KeyResource, Resource, RoleResource } from '../template/resources.ts';
import { resourcesOf } from '../template/resources.ts';
import type { Caller } from './api.ts';
import { AwsFault } from './fault.ts';
import { evaluate, type PoliciesInForce } from './iam/evaluate.ts';
import { parsePolicy, type Policy } from './iam/policy.ts';

/** What a caller wants to do, and what of the resource bears on it. */
export interface Attempt {
  readonly action: string;
  readonly resource: string;
  readonly resourcePolicy?: Policy;
  readonly context?: Readonly<Record<string, string>>;
}

export interface Denial {
  readonly action: string;
  readonly resource: string;
  /** IAM's own sentence. */
  readonly sentence: string;
}

interface RolePolicies {
  readonly trust: Policy;
  readonly identity: readonly Policy[];
}

/** May do everything in the account, as the person who deploys the stack may. */
const ADMINISTRATOR = parsePolicy('identity', 'AdministratorAccess', {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/** The policies of the template, in force. */
export class Access {
  readonly #roles: ReadonlyMap<string, RolePolicies>;
  readonly #keys: ReadonlyMap<string, Policy>;
  readonly #functionPolicy: Policy;
  readonly #onDenial: (denial: Denial) => void;

  constructor(resources: ReadonlyMap<string, Resource>, onDenial: (denial: Denial) => void) {
    this.#roles = new Map(resourcesOf(resources, 'AWS::IAM::Role').map((role) => [role.arn, parseRole(role)]));
    this.#keys = new Map(resourcesOf(resources, 'AWS::KMS::Key').map((key) => [key.arn, parseKeyPolicy(key)]));
    this.#functionPolicy = parseFunctionPolicy(resources);
    this.#onDenial = onDenial;
  }

  trustOf(roleArn: string): Policy | undefined {
    return this.#roles.get(roleArn)?.trust;
  }

  keyPolicyOf(keyArn: string): Policy | undefined {
    return this.#keys.get(keyArn);
  }

  get functionPolicy(): Policy {
    return this.#functionPolicy;
  }

  /** @throws AwsFault with IAM's sentence, `AccessDeniedException`. */
  authorize(caller: Caller, { action, resource, resourcePolicy, context = {} }: Attempt): void {
    const { principal, sessionPolicy } = caller;
    const inForce: PoliciesInForce = {
      identity: this.#identityPoliciesOf(caller),
      ...(sessionPolicy === undefined ? {} : { session: sessionPolicy }),
      ...(resourcePolicy === undefined ? {} : { resource: resourcePolicy }),
    };
    const decision = evaluate({ principal, action, resource, context }, inForce);
    if (decision.allowed) return;
    this.#onDenial({ action, resource, sentence: decision.sentence });
    throw new AwsFault('AccessDeniedException', decision.sentence);
  }

  #identityPoliciesOf({ principal }: Caller): readonly Policy[] {
    if (principal.kind === 'user') return [ADMINISTRATOR];
    if (principal.kind === 'aws-service') return [];
    return this.#roles.get(principal.roleArn)?.identity ?? [];
  }
}

function parseRole({ RoleName, AssumeRolePolicyDocument, Policies }: RoleResource): RolePolicies {
  return {
    trust: parsePolicy('trust', RoleName, AssumeRolePolicyDocument),
    identity: Policies.map(({ PolicyName, PolicyDocument }) =>
      parsePolicy('identity', `${RoleName}/${PolicyName}`, PolicyDocument),
    ),
  };
}

function parseKeyPolicy({ physicalId, KeyPolicy }: KeyResource): Policy {
  return parsePolicy('key', physicalId, KeyPolicy);
}

/** Lambda turns each permission into a statement of the function's resource policy (Lambda developer guide, permissions). */
function parseFunctionPolicy(resources: ReadonlyMap<string, Resource>): Policy {
  const statements = resourcesOf(resources, 'AWS::Lambda::Permission').map((permission) => ({
    Sid: permission.physicalId.replaceAll(/[^A-Za-z0-9]/g, ''),
    Effect: 'Allow',
    Principal: { Service: permission.Principal },
    Action: permission.Action,
    Resource: permission.FunctionName,
    Condition: { ArnLike: { 'aws:SourceArn': permission.SourceArn } },
  }));
  return parsePolicy('function', 'permissions', { Version: '2012-10-17', Statement: statements });
}
