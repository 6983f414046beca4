import { createHash } from 'node:crypto';

import { AssumeRoleCommand, type AssumeRoleCommandInput, type Credentials, STSClient } from '@aws-sdk/client-sts';

import { CALL_TIMEOUT_MS } from '../http/deadline.ts';
import { type Domain, toActions } from '../environment/environment.ts';
import { RelayMisconfiguredError } from '../http/errors.ts';
import { SwfUnavailableError } from '../tasks/errors.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';
import type { AwsClientConfig } from './aws-client-config.ts';

/** Returns the credentials of a role's session: directly while they are valid, otherwise as a promise of new ones. */
export type Session = () => SessionCredentials | Promise<SessionCredentials>;

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Without it, every heartbeat requests a new session. */
  readonly expiration?: Date;
}

export interface StsOptions {
  /** For the stack's region, even if the domain is in another one. */
  readonly aws: AwsClientConfig;
  readonly clock: () => number;
}

/** IAM's limit for role chaining, which applies because the function's role assumes another role (IAM user guide). */
const SESSION_SECONDS = 3_600;

/** From then on heartbeats start a renewal in the background. */
const RENEW_BEFORE_EXPIRY_MS = 10 * 60_000;

/** From then on heartbeats wait for the new session. */
const WAIT_BEFORE_EXPIRY_MS = 30_000;

/** Creates one session of each domain's role. A session policy restricts them further to what the settings allow in that domain. */
export function createSessions({ aws, clock }: StsOptions): (domain: Domain) => Session {
  const client = new STSClient({ ...aws, maxAttempts: 1 });
  const sessions = new Map<string, Session>();
  return (domain) => {
    const existing = sessions.get(domain.name);
    if (existing !== undefined) return existing;
    const input = toAssumeRoleInput(domain);
    const session = createSession(async () => assumeRole(client, input), clock);
    sessions.set(domain.name, session);
    return session;
  };
}

function toAssumeRoleInput(domain: Domain): AssumeRoleCommandInput {
  const [first, ...others] = toActions(domain.operations);
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: others.length === 0 ? first : [first, ...others], Resource: domain.arn }],
  };
  return {
    RoleArn: domain.roleArn,
    RoleSessionName: `relay-${createHash('sha256').update(domain.name).digest('hex').slice(0, 32)}`,
    DurationSeconds: SESSION_SECONDS,
    Policy: JSON.stringify(policy),
    ...(domain.externalId === undefined ? {} : { ExternalId: domain.externalId }),
  };
}

async function assumeRole(client: STSClient, input: AssumeRoleCommandInput): Promise<SessionCredentials> {
  try {
    // Has its own timeout: otherwise the next heartbeat would wait for a hung call instead of making a new one.
    const abortSignal = AbortSignal.timeout(CALL_TIMEOUT_MS.sts);
    const { Credentials: credentials = {} } = await client.send(new AssumeRoleCommand(input), { abortSignal });
    return toSessionCredentials(credentials);
  } catch (error) {
    throw toRelayError(error);
  }
}

function toSessionCredentials({ AccessKeyId, SecretAccessKey, SessionToken, Expiration }: Partial<Credentials>) {
  const isComplete = AccessKeyId !== undefined && SecretAccessKey !== undefined && SessionToken !== undefined;
  if (!isComplete || Expiration === undefined) throw new SwfUnavailableError('sts answered without credentials');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/**
 * Caches a session and uses it until shortly before it expires. The SDK would request a new session with every request
 * in the last five minutes. While STS is down, all these requests would fail although the session is still valid. This
 * function ignores a failed renewal, and the next heartbeat retries it.
 */
function createSession(requestSession: () => Promise<SessionCredentials>, clock: () => number): Session {
  let session: SessionCredentials | undefined;
  let renewal: Promise<SessionCredentials> | undefined;
  const renew = async (): Promise<SessionCredentials> => {
    renewal ??= requestSession().finally(() => {
      renewal = undefined;
    });
    session = await renewal;
    return session;
  };
  return () => {
    const remainingMs = (session?.expiration?.getTime() ?? 0) - clock();
    if (session === undefined || remainingMs <= WAIT_BEFORE_EXPIRY_MS) return renew();
    if (remainingMs <= RENEW_BEFORE_EXPIRY_MS) renew().catch(() => undefined);
    return session;
  };
}

function toRelayError(error: unknown): RelayMisconfiguredError | SwfUnavailableError {
  if (error instanceof SwfUnavailableError) return error;
  const fault = toAwsFault(error);
  const options = { cause: error };
  if (isDenial(fault)) return new RelayMisconfiguredError('sts denies the role', options);
  if (isCredentialFault(fault)) return new RelayMisconfiguredError('sts refuses the credentials', options);
  return new SwfUnavailableError('sts failed or did not answer in time', options);
}
