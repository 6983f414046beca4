import { createHash } from 'node:crypto';

import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

import { CALL_CAP_MS, untilAborted } from '../deadline.ts';
import type { Domain } from '../environment.ts';
import { RelayMisconfiguredError, SwfUnavailableError } from '../errors.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';
import type { AwsClientConfig } from './aws-client-config.ts';

/** Gives the credentials of a role's session: at once while they are good, else when they are renewed. */
export type Session = () => SessionCredentials | Promise<SessionCredentials>;

export type SessionCredentials = Awaited<ReturnType<ReturnType<typeof fromTemporaryCredentials>>>;

type AssumeRole = () => Promise<SessionCredentials>;

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
export function createSessions(options: StsOptions): (domain: Domain) => Session {
  return (domain) => {
    const assume = assumeRoleOf(domain, options);
    return renewing(async () => {
      try {
        // Given up here too: else the next beat would wait for a call that hangs, instead of making its own.
        return await untilAborted(AbortSignal.timeout(CALL_CAP_MS.sts), assume());
      } catch (error) {
        throw toRelayError(error);
      }
    }, options.clock);
  };
}

function assumeRoleOf(domain: Domain, { aws }: StsOptions): AssumeRole {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'swf:RecordActivityTaskHeartbeat', Resource: domain.arn }],
  };
  return fromTemporaryCredentials({
    params: {
      RoleArn: domain.roleArn,
      RoleSessionName: `relay-${createHash('sha256').update(domain.name).digest('hex').slice(0, 32)}`,
      DurationSeconds: SESSION_SECONDS,
      Policy: JSON.stringify(policy),
      ...(domain.externalId === undefined ? {} : { ExternalId: domain.externalId }),
    },
    clientConfig: { ...aws, maxAttempts: 1 },
  });
}

/**
 * Keeps a session to its last usable moment. By itself the SDK would ask for a new one with every request of its last
 * five minutes, and fail each when STS is down, although the session is still good. A renewal that fails is forgotten,
 * and tried again with the next heartbeat.
 */
function renewing(assume: AssumeRole, clock: () => number): Session {
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
  const fault = toAwsFault(error);
  const options = { cause: error };
  if (isDenial(fault)) return new RelayMisconfiguredError('sts denies the role', options);
  if (isCredentialFault(fault)) return new RelayMisconfiguredError('sts refuses our credentials', options);
  return new SwfUnavailableError('no session could be had', options);
}
