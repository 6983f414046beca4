import { createHash } from 'node:crypto';

import { AssumeRoleCommand, type AssumeRoleCommandInput, type Credentials, STSClient } from '@aws-sdk/client-sts';

import { CALL_TIMEOUT_MS } from '../http/deadline.ts';
import type { Domain } from '../environment.ts';
import { RelayMisconfiguredError } from '../http/errors.ts';
import { SwfUnavailableError } from '../tasks/errors.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';
import type { AwsClientConfig } from './aws-client-config.ts';

/** Gives the credentials of a role's session: at once while they are good, else when they are renewed. */
export type Session = () => SessionCredentials | Promise<SessionCredentials>;

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** One without is asked for anew with every heartbeat. */
  readonly expiration?: Date;
}

export interface StsOptions {
  /** Of the stack's own region, whatever the domain's. */
  readonly aws: AwsClientConfig;
  readonly clock: () => number;
}

/** A function's role that assumes another may not have it longer: role chaining's limit (IAM user guide). */
const SESSION_SECONDS = 3_600;

/** From here on a session is renewed beside the heartbeats, and from here on they must wait for the new one. */
const RENEW_BEFORE_END_MS = 10 * 60_000;
const USABLE_BEFORE_END_MS = 30_000;

/** Sessions of the domain's role, narrowed once more to heartbeats in that domain alone. */
export function createSessions({ aws, clock }: StsOptions): (domain: Domain) => Session {
  const client = new STSClient({ ...aws, maxAttempts: 1 });
  return (domain) => {
    const asked = toRequest(domain);
    return renewing(async () => assumeRole(client, asked), clock);
  };
}

function toRequest(domain: Domain): AssumeRoleCommandInput {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'swf:RecordActivityTaskHeartbeat', Resource: domain.arn }],
  };
  return {
    RoleArn: domain.roleArn,
    RoleSessionName: `relay-${createHash('sha256').update(domain.name).digest('hex').slice(0, 32)}`,
    DurationSeconds: SESSION_SECONDS,
    Policy: JSON.stringify(policy),
    ...(domain.externalId === undefined ? {} : { ExternalId: domain.externalId }),
  };
}

async function assumeRole(client: STSClient, asked: AssumeRoleCommandInput): Promise<SessionCredentials> {
  try {
    // Given up under its own cap: else the next heartbeat would wait for a call that hangs, instead of making one.
    const abortSignal = AbortSignal.timeout(CALL_TIMEOUT_MS.sts);
    const { Credentials: given = {} } = await client.send(new AssumeRoleCommand(asked), { abortSignal });
    return toCredentials(given);
  } catch (error) {
    throw toRelayError(error);
  }
}

function toCredentials({ AccessKeyId, SecretAccessKey, SessionToken, Expiration }: Partial<Credentials>) {
  const isWhole = AccessKeyId !== undefined && SecretAccessKey !== undefined && SessionToken !== undefined;
  if (!isWhole || Expiration === undefined) throw new SwfUnavailableError('sts answered without credentials');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/**
 * Keeps a session to its last usable moment. By itself the SDK would ask for a new one with every request of its last
 * five minutes, and fail each when STS is down, although the session is still good. A renewal that fails is forgotten,
 * and tried again with the next heartbeat.
 */
function renewing(assume: () => Promise<SessionCredentials>, clock: () => number): Session {
  let session: SessionCredentials | undefined;
  let renewal: Promise<SessionCredentials> | undefined;
  const renew = async (): Promise<SessionCredentials> => {
    renewal ??= assume().finally(() => {
      renewal = undefined;
    });
    session = await renewal;
    return session;
  };
  return () => {
    const remainingMs = (session?.expiration?.getTime() ?? 0) - clock();
    if (session === undefined || remainingMs <= USABLE_BEFORE_END_MS) return renew();
    if (remainingMs <= RENEW_BEFORE_END_MS) renew().catch(() => undefined);
    return session;
  };
}

function toRelayError(error: unknown): RelayMisconfiguredError | SwfUnavailableError {
  if (error instanceof SwfUnavailableError) return error;
  const fault = toAwsFault(error);
  const options = { cause: error };
  if (isDenial(fault)) return new RelayMisconfiguredError('sts denies the role', options);
  if (isCredentialFault(fault)) return new RelayMisconfiguredError('sts refuses our credentials', options);
  return new SwfUnavailableError('no session could be had', options);
}
