import type { AwsApi, AwsCall, Caller } from './api.ts';
import type { Credential, Credentials } from './credentials.ts';
import { AwsFault } from './fault.ts';
import { parsePolicy } from './iam/parse-policy.ts';
import type { Policy } from './iam/policy.ts';
import { parseForm, queryProtocol, toQueryAnswer } from './query-protocol.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** STS API reference, AssumeRole. If a session assumes a role (role chaining), the maximum is one hour. */
const DURATION_SECONDS = { min: 900, max: 43_200, default: 3_600, maxChained: 3_600 } as const;
const POLICY_MAX_CHARACTERS = 2_048;
const ROLE_ARN = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

export interface StsOptions {
  readonly credentials: Credentials;
  readonly clock: () => number;
}

/** Implements `AssumeRole`, with a session policy, and `GetCallerIdentity` of STS. */
export function createSts(options: StsOptions): AwsApi {
  return {
    ...queryProtocol,
    name: 'sts',
    answer: async (call) => {
      switch (call.operation) {
        case 'AssumeRole':
          return toQueryAnswer(call, NAMESPACE, assumeRole(call, options));
        case 'GetCallerIdentity':
          return toQueryAnswer(call, NAMESPACE, describeCaller(call.caller));
        default:
          throw new AwsFault('InvalidAction', `Could not find operation ${call.operation}`);
      }
    },
  };
}

function assumeRole({ caller, body }: AwsCall, { credentials, clock }: StsOptions): object {
  const { access } = caller.realm;
  const { roleArn, sessionName, durationSeconds, policyText, externalId } = parseAssumeRole(body, caller);
  const trust = access.trustOf(roleArn);
  const context = {
    'sts:RoleSessionName': sessionName,
    ...(externalId === null ? {} : { 'sts:ExternalId': externalId }),
  };
  try {
    const attempt = { action: 'sts:AssumeRole', resource: roleArn, context };
    access.authorize(caller, trust === undefined ? attempt : { ...attempt, resourcePolicy: trust });
  } catch (error) {
    throw error instanceof AwsFault ? new AwsFault('AccessDenied', error.message, 403) : error;
  }
  const roleName = roleArn.split('/').at(-1) ?? '';
  const arn = `arn:aws:sts::${caller.accountId}:assumed-role/${roleName}/${sessionName}`;
  const principal = { kind: 'session', arn, roleArn, accountId: caller.accountId } as const;
  const { accountId, realm } = caller;
  const session = policyText === null ? {} : { sessionPolicy: parseSessionPolicy(policyText) };
  const expiresAtMs = clock() + durationSeconds * 1000;
  const issued = credentials.issueSession({ principal, accountId, realm, ...session }, expiresAtMs);
  return {
    Credentials: toXml(issued, expiresAtMs),
    AssumedRoleUser: { Arn: arn, AssumedRoleId: `LOCAL:${sessionName}` },
  };
}

function parseAssumeRole(body: Buffer, caller: Caller) {
  const form = parseForm(body);
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const durationSeconds = Number(form.get('DurationSeconds') ?? DURATION_SECONDS.default);
  const policyText = form.get('Policy');
  const max = caller.principal.kind === 'session' ? DURATION_SECONDS.maxChained : DURATION_SECONDS.max;
  if (!ROLE_ARN.test(roleArn)) throw invalid('RoleArn');
  if (!SESSION_NAME.test(sessionName)) throw invalid('RoleSessionName');
  if (!(durationSeconds >= DURATION_SECONDS.min && durationSeconds <= max)) {
    throw new AwsFault(
      'ValidationError',
      'The requested DurationSeconds exceeds the limit for role chaining or sessions',
    );
  }
  if (policyText !== null && policyText.length > POLICY_MAX_CHARACTERS) throw invalid('Policy');
  return { roleArn, sessionName, durationSeconds, policyText, externalId: form.get('ExternalId') };
}

function invalid(member: string): AwsFault {
  return new AwsFault(
    'ValidationError',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint`,
  );
}

function parseSessionPolicy(text: string): Policy {
  try {
    return parsePolicy('session', 'session policy', JSON.parse(text));
  } catch (cause) {
    throw new AwsFault('MalformedPolicyDocument', cause instanceof Error ? cause.message : 'not a policy');
  }
}

function toXml({ accessKeyId, secretAccessKey, sessionToken }: Credential, expiresAtMs: number): object {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAtMs).toISOString(),
  };
}

function describeCaller({ principal, accountId }: Caller): object {
  return {
    Arn: principal.kind === 'aws-service' ? principal.name : principal.arn,
    UserId: 'LOCAL',
    Account: accountId,
  };
}
