import type { PolicyElement } from './element.ts';

/** The caller of a request. A session comes from `AssumeRole`. Only its `roleArn` contains the role's path. */
export type Principal =
  | { readonly kind: 'user'; readonly arn: string; readonly accountId: string; readonly userId?: string }
  | {
      readonly kind: 'session';
      /** `arn:<partition>:sts::<account>:assumed-role/<role name>/<session name>` */
      readonly arn: string;
      readonly roleArn: string;
      readonly accountId: string;
      /** The unique id, `<role id>:<session name>`. If absent, the evaluator uses the role's name as its id. */
      readonly userId?: string;
    }
  | { readonly kind: 'aws-service'; /** For example `apigateway.amazonaws.com`. */ readonly name: string };

/** A principal in a `Principal` element. */
export type NamedPrincipal =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'identity'; readonly arn: string }
  | { readonly kind: 'aws-service'; readonly name: string };

/**
 * How directly a resource policy names the caller, closest first:
 *
 * - `caller` is the user, the session itself, the service, or everyone.
 * - `role` is the session's role.
 * - `account` only delegates.
 */
export type Closeness = 'caller' | 'role' | 'account';

const ACCOUNT = /^(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?$/;
const IDENTITY = /^arn:aws[a-z-]*:(?:iam::\d{12}:(?:user|role)\/[^*?$]+|sts::\d{12}:assumed-role\/[^/*?$]+\/[^/*?$]+)$/;
const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

/**
 * Parses a `Principal` element: `"*"`, or `AWS` and `Service` members.
 * Throws for `Federated`, `CanonicalUser`, federated users and unique ids. Also throws for a wildcard in a name, which
 * IAM never accepts.
 */
export function parsePrincipals(element: PolicyElement): readonly NamedPrincipal[] {
  if (element.value === '*') return [{ kind: 'everyone' }];
  const members = element.members();
  if (members.size === 0) return element.refuse('must name a principal');
  return [...members].flatMap(([kind, member]) => {
    if (kind === 'AWS') return member.items().map(parseAwsPrincipal);
    if (kind === 'Service') return member.items().map(parseServicePrincipal);
    return member.refuse('is not a supported kind of principal');
  });
}

function parseAwsPrincipal(element: PolicyElement): NamedPrincipal {
  const text = element.text();
  if (text === '*') return { kind: 'everyone' };
  const accountId = text.startsWith('arn:') === text.endsWith(':root') ? ACCOUNT.exec(text)?.[1] : undefined;
  if (accountId !== undefined) return { kind: 'account', accountId };
  return IDENTITY.test(text) ? { kind: 'identity', arn: text } : element.refuse('is not a supported principal');
}

function parseServicePrincipal(element: PolicyElement): NamedPrincipal {
  const name = element.text();
  return SERVICE.test(name) ? { kind: 'aws-service', name } : element.refuse('is not a service principal');
}

/** How closely one principal names the caller. Undefined if it does not. */
export function closenessOf(named: NamedPrincipal, caller: Principal): Closeness | undefined {
  if (named.kind === 'everyone') return 'caller';
  if (caller.kind === 'aws-service')
    return named.kind === 'aws-service' && named.name === caller.name ? 'caller' : undefined;
  if (named.kind === 'account') return named.accountId === caller.accountId ? 'account' : undefined;
  if (named.kind === 'aws-service') return undefined;
  if (named.arn === caller.arn) return 'caller';
  return caller.kind === 'session' && named.arn === caller.roleArn ? 'role' : undefined;
}

/** The closest way in which a list of principals names the caller. Undefined if it does not. */
export function closest(named: readonly NamedPrincipal[], caller: Principal): Closeness | undefined {
  const found = new Set(named.map((principal) => closenessOf(principal, caller)));
  return (['caller', 'role', 'account'] as const).find((closeness) => found.has(closeness));
}

/**
 * Whether `NotPrincipal` exempts the caller from a Deny. It must list every name of the caller: IAM may check the
 * account first, then the role, then the session, and denies if one of them is missing.
 * Source: IAM User Guide, "NotPrincipal" (reference_policies_elements_notprincipal).
 */
export function isExempt(exempted: readonly NamedPrincipal[], caller: Principal): boolean {
  const listed = new Set(exempted.map((principal) => closenessOf(principal, caller)));
  if (caller.kind === 'aws-service') return listed.has('caller');
  return listed.has('caller') && listed.has('account') && (caller.kind === 'user' || listed.has('role'));
}
