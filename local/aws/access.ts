import type { KeyResource, ManagedPolicyResource, Resource, RoleResource } from '../template/resources.ts';
import { resourcesOf } from '../template/resources.ts';
import { AwsFault } from './fault.ts';
import { evaluate, type PoliciesInForce } from './iam/evaluate.ts';
import { parsePolicy } from './iam/parse-policy.ts';
import type { Policy } from './iam/policy.ts';
import type { Principal } from './iam/principals.ts';

/** Who asks, with everything that selects the policies in force. */
export interface Identity {
  readonly principal: Principal;
  /**
   * The managed policies attached to a user, or to a role that the template does not make. A user without this member is the
   * account's administrator.
   */
  readonly managedPolicyArns?: readonly string[];
  /** Limits what a session may do. */
  readonly sessionPolicy?: Policy;
}

/** What an identity tries to do, and the policy of the resource. */
export interface Attempt {
  readonly action: string;
  readonly resource: string;
  readonly resourcePolicy?: Policy;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Denial {
  readonly action: string;
  readonly resource: string;
  /** The message, as IAM words it. */
  readonly sentence: string;
}

/** Allows everything in the account: the person who deploys the stack has this policy. */
const ADMINISTRATOR = parsePolicy('identity', 'AdministratorAccess', {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/** Evaluates the policies of the template. */
export class Access {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly #identityOf: ReadonlyMap<string, readonly string[]>;
  readonly #onDenial: (denial: Denial) => void;

  private constructor(
    policies: ReadonlyMap<string, Policy>,
    identityOf: ReadonlyMap<string, readonly string[]>,
    onDenial: (denial: Denial) => void,
  ) {
    this.policies = policies;
    this.#identityOf = identityOf;
    this.#onDenial = onDenial;
  }

  /** @throws UnknownPolicyElementError if a policy contains an element that the evaluator does not know. */
  static of(resources: ReadonlyMap<string, Resource>, onDenial: (denial: Denial) => void): Access {
    const roles = resourcesOf(resources, 'AWS::IAM::Role');
    const keys = resourcesOf(resources, 'AWS::KMS::Key');
    const policies = [
      ...roles.flatMap(parseRole),
      ...resourcesOf(resources, 'AWS::IAM::ManagedPolicy').map(parseManagedPolicy),
      ...keys.map(parseKeyPolicy),
      ...parseFunctionPolicy(resources),
    ];
    const identityOf = roles.map(({ arn, RoleName, Policies }): [string, string[]] => [
      arn,
      Policies.map(({ PolicyName: name }) => `${RoleName}/${name}`),
    ]);
    return new Access(new Map(policies.map((policy) => [policy.name, policy])), new Map(identityOf), onDenial);
  }

  /** Returns a copy that replaces the policy of the same name. */
  with(policy: Policy): Access {
    return new Access(new Map([...this.policies, [policy.name, policy]]), this.#identityOf, this.#onDenial);
  }

  trustOf(roleArn: string): Policy | undefined {
    return this.policies.get(trustNameOf(roleArn));
  }

  keyPolicyOf(keyArn: string): Policy | undefined {
    return this.policies.get(keyArn);
  }

  get functionPolicy(): Policy | undefined {
    return this.policies.get(FUNCTION_POLICY);
  }

  /** @throws AwsFault `AccessDeniedException`, with the message that IAM gives. */
  authorize(identity: Identity, { action, resource, resourcePolicy, context = {} }: Attempt): void {
    const { principal, sessionPolicy } = identity;
    const inForce: PoliciesInForce = {
      identity: this.#identityPoliciesOf(identity),
      ...(sessionPolicy === undefined ? {} : { session: sessionPolicy }),
      ...(resourcePolicy === undefined ? {} : { resource: resourcePolicy }),
    };
    const decision = evaluate({ principal, action, resource, context }, inForce);
    if (decision.allowed) return;
    this.#onDenial({ action, resource, sentence: decision.sentence });
    throw new AwsFault('AccessDeniedException', decision.sentence);
  }

  #identityPoliciesOf({ principal, managedPolicyArns }: Identity): readonly Policy[] {
    if (principal.kind === 'aws-service') return [];
    if (principal.kind === 'user' && managedPolicyArns === undefined) return [ADMINISTRATOR];
    const own = principal.kind === 'user' ? [] : (this.#identityOf.get(principal.roleArn) ?? []);
    return [...own, ...(managedPolicyArns ?? [])].flatMap((name) => this.policies.get(name) ?? []);
  }
}

const FUNCTION_POLICY = 'function/permissions';

/** Contains the whole ARN, because a role in another path or account can have the same name. */
const trustNameOf = (roleArn: string): string => `trust of ${roleArn}`;

function parseRole({ arn, RoleName, AssumeRolePolicyDocument, Policies }: RoleResource): Policy[] {
  return [
    parsePolicy('trust', trustNameOf(arn), AssumeRolePolicyDocument),
    ...Policies.map(({ PolicyName: name, PolicyDocument }) =>
      parsePolicy('identity', `${RoleName}/${name}`, PolicyDocument),
    ),
  ];
}

function parseManagedPolicy({ arn, PolicyDocument }: ManagedPolicyResource): Policy {
  return parsePolicy('identity', arn, PolicyDocument);
}

function parseKeyPolicy({ arn, KeyPolicy }: KeyResource): Policy {
  return parsePolicy('key', arn, KeyPolicy);
}

/**
 * Lambda adds a statement to the function's policy for each permission (Lambda Developer Guide, permissions). A function without
 * one has no policy.
 */
function parseFunctionPolicy(resources: ReadonlyMap<string, Resource>): Policy[] {
  const statements = resourcesOf(resources, 'AWS::Lambda::Permission').map((permission) => ({
    Sid: permission.physicalId.replaceAll(/[^A-Za-z0-9]/g, ''),
    Effect: 'Allow',
    Principal: { Service: permission.Principal },
    Action: permission.Action,
    Resource: permission.FunctionName,
    Condition: { ArnLike: { 'aws:SourceArn': permission.SourceArn } },
  }));
  if (statements.length === 0) return [];
  return [parsePolicy('function', FUNCTION_POLICY, { Version: '2012-10-17', Statement: statements })];
}
