import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';

import { SignatureV4 } from '@smithy/signature-v4';

import type { GrantedDomain } from '../workers/grant.ts';
import type { Heartbeat } from '../tasks/heartbeat.ts';
import { isClosedText } from '../tasks/task-state.ts';
import { CALL_TIMEOUT_MS, FINAL_READ_RESERVE_MS, abortable, type Deadline, DeadlineError } from '../http/deadline.ts';
import type { Domain } from '../environment.ts';
import { MalformedRequestError, RelayError, RelayMisconfiguredError } from '../http/errors.ts';
import {
  InvalidTaskTokenError,
  SwfResourceUnknownError,
  SwfThrottledError,
  SwfUnavailableError,
  TaskNotInDomainError,
  TaskNotOpenError,
} from '../tasks/errors.ts';
import type { Forward } from '../tasks/heartbeat-attempt.ts';
import type { AwsClientConfig } from './aws-client-config.ts';
import { type AwsFault, isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';
import { withAbortSignal } from './request-handler.ts';
import { retryOnceOnFailure } from './retry.ts';
import { Sha256 } from './sha256.ts';
import type { Session } from './sts.ts';

export interface SwfOptions {
  readonly sessionOf: (domain: Domain) => Session;
  readonly aws: AwsClientConfig;
  readonly clock: () => number;
}

/** A domain's client and the session whose credentials sign its requests. */
interface DomainClient {
  readonly session: Session;
  readonly client: SWFClient;
}

/** Creates one client per domain, for its first heartbeat. A client per call would cost five times as much. */
export function createForward({ sessionOf, aws, clock }: SwfOptions): Forward {
  const clients = new Map<string, DomainClient>();
  const clientOf = (domain: GrantedDomain): DomainClient => {
    const existing = clients.get(domain.name);
    if (existing !== undefined) return existing;
    const session = sessionOf(domain);
    const created = { session, client: createSwfClient(aws, domain.region, session) };
    clients.set(domain.name, created);
    return created;
  };
  return async (domain, heartbeat, deadline) => {
    const startedAtMs = clock();
    try {
      const cancelRequested = await record(clientOf(domain), heartbeat, deadline);
      return { kind: 'accepted', cancelRequested, startedAtMs, observedAtMs: clock() };
    } catch (error) {
      throw toRelayError(error, domain);
    }
  };
}

/** Creates a client that is tuned for cheap calls. The tuning does not change the requests. */
export function createSwfClient(aws: AwsClientConfig, region: string, session: Session): SWFClient {
  const credentials = async () => session();
  // Without it the SDK would create a signer for every call.
  const signer = new SignatureV4({ service: 'swf', region, credentials, sha256: Sha256 });
  const tuned = { cacheMiddleware: true, signer, sha256: Sha256 };
  return new SWFClient({ ...aws, ...tuned, region, credentials, retryStrategy: retryOnceOnFailure });
}

/** @throws SwfUnavailableError for an answer without `cancelRequested`, because SWF always sends it. */
async function record({ session, client }: DomainClient, heartbeat: Heartbeat, deadline: Deadline): Promise<boolean> {
  // Waits for the session here, with its own timeout. The SDK would wait without one, and would renew the session
  // later.
  const credentials = session();
  if (credentials instanceof Promise) {
    await abortable(deadline.signal(CALL_TIMEOUT_MS.sts, FINAL_READ_RESERVE_MS), credentials);
  }
  const command = new RecordActivityTaskHeartbeatCommand({ ...heartbeat });
  const signal = deadline.signal(CALL_TIMEOUT_MS.swf, FINAL_READ_RESERVE_MS);
  try {
    const { cancelRequested } = await withAbortSignal(signal, () => client.send(command));
    if (typeof cancelRequested !== 'boolean') throw new SwfUnavailableError('swf answered without cancelRequested');
    return cancelRequested;
  } catch (error) {
    const isTimeout = signal.reason instanceof DeadlineError && signal.reason.afterMs >= MIN_PATIENCE_MS;
    throw isTimeout ? new SwfUnavailableError('swf did not answer in time', { cause: error, isTimeout }) : error;
  }
}

/** If SWF had less time, because the event came late, its silence says nothing about the task token. */
const MIN_PATIENCE_MS = 1_000;

/** SWF's error names for throttling. The SDK knows more names, but SWF was never seen to use them. */
const THROTTLING_FAULTS: ReadonlySet<string> = new Set(['ThrottlingException', 'Throttling', 'RequestLimitExceeded']);

/** The only place that translates SWF's faults into the relay's errors. */
function toRelayError(error: unknown, domain: Domain): RelayError {
  if (error instanceof RelayError) return error;
  const fault = toAwsFault(error);
  const options = { cause: error };
  if (fault.name === 'UnknownResourceFault') {
    if (isClosedText(fault.message)) return new TaskNotOpenError(fault.message, options);
    return new SwfResourceUnknownError('swf does not know a resource, and does not call a task closed', options);
  }
  if (fault.name === 'OperationNotPermittedFault' || isDenial(fault)) return toDenial(fault, domain, options);
  if (THROTTLING_FAULTS.has(fault.name)) return new SwfThrottledError('swf throttled the call', options);
  if (isCredentialFault(fault))
    return new RelayMisconfiguredError('swf refuses the credentials of the session', options);
  if (fault.name === 'ValidationException') return toInvalid(fault, options);
  return new SwfUnavailableError('swf failed or did not answer in time', options);
}

/**
 * IAM's message names the domain that the task token belongs to. If that is the domain of the request, the role is
 * wrong and not the worker.
 */
function toDenial(fault: AwsFault, domain: Domain, options: ErrorOptions): RelayError {
  const namesThisDomain = fault.message.split(' on resource: ').some((rest) => {
    const after = rest.startsWith(domain.arn) ? rest.slice(domain.arn.length) : undefined;
    return after !== undefined && (after === '' || after.startsWith(' because ') || after.startsWith(' with an '));
  });
  if (namesThisDomain) return new RelayMisconfiguredError('swf denies the domain to its own role', options);
  return new TaskNotInDomainError('swf denies the task to the role of this domain', options);
}

function toInvalid(fault: AwsFault, options: ErrorOptions): RelayError {
  if (fault.message === 'Invalid token') return new InvalidTaskTokenError('swf: invalid token', options);
  return new MalformedRequestError('SWF refused a field as invalid.', options);
}
