import type { Principal } from './principals.ts';

/**
 * Condition keys and their values. Keys are case-insensitive, so they are in lower case here. A key without a value is
 * absent.
 */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/**
 * The condition keys of a request: those that the caller passes, and those of the principal, which take precedence.
 * `aws:PrincipalArn` of a session is its role's ARN. A session has no `aws:username`.
 * Source: IAM User Guide, "Global condition context keys" and the principal table in "Variables and tags".
 */
export function requestContext(
  principal: Principal,
  given: Readonly<Record<string, string | readonly string[]>>,
): RequestContext {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(given)) {
    const values = typeof value === 'string' ? [value] : value;
    if (values.length > 0 && !PRINCIPAL_KEYS.has(key.toLowerCase())) context.set(key.toLowerCase(), values);
  }
  for (const [key, value] of principalKeys(principal)) context.set(key, [value]);
  return context;
}

/** Only the principal determines these keys, because a request must not be able to choose its caller. */
const PRINCIPAL_KEYS: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:userid',
  'aws:username',
]);

function principalKeys(principal: Principal): readonly (readonly [string, string])[] {
  const isService = ['aws:principalisawsservice', String(principal.kind === 'aws-service')] as const;
  if (principal.kind === 'aws-service') return [isService, ['aws:principalservicename', principal.name]];
  const isUser = principal.kind === 'user';
  const name = lastSegment(isUser ? principal.arn : principal.roleArn);
  return [
    isService,
    ['aws:principalarn', isUser ? principal.arn : principal.roleArn],
    ['aws:principalaccount', principal.accountId],
    ['aws:principaltype', isUser ? 'User' : 'AssumedRole'],
    ['aws:userid', principal.userId ?? (isUser ? name : `${name}:${lastSegment(principal.arn)}`)],
    ...(isUser ? [['aws:username', name] as const] : []),
  ];
}

const lastSegment = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
