import { SWFClient } from '@aws-sdk/client-swf';
import { SignatureV4 } from '@smithy/signature-v4';

import type { Domain } from '../environment/environment.ts';
import { abortable, CALL_TIMEOUT_MS, type Deadline, FINAL_READ_RESERVE_MS } from '../http/deadline.ts';
import type { AwsClientConfig } from './aws-client-config.ts';
import { retryOnceOnFailure } from './retry.ts';
import { Sha256 } from './sha256.ts';
import type { Session } from './sts.ts';

export interface SwfOptions {
  readonly sessionOf: (domain: Domain) => Session;
  readonly aws: AwsClientConfig;
  readonly clock: () => number;
}

/** A domain's client and the session whose credentials sign its requests. */
export interface DomainClient {
  readonly session: Session;
  readonly client: SWFClient;
}

/** Creates one client per domain, for its first call. A client per call would cost five times as much. */
export function createClients(
  sessionOf: SwfOptions['sessionOf'],
  create: (region: string, session: Session) => SWFClient,
): (domain: Domain) => DomainClient {
  const clients = new Map<string, DomainClient>();
  return (domain) => {
    const existing = clients.get(domain.name);
    if (existing !== undefined) return existing;
    const session = sessionOf(domain);
    const created = { session, client: create(domain.region, session) };
    clients.set(domain.name, created);
    return created;
  };
}

/** Creates a client that is tuned for cheap calls. The tuning does not change the requests. */
export function createSwfClient(
  aws: AwsClientConfig,
  region: string,
  session: Session,
  retryStrategy = retryOnceOnFailure,
): SWFClient {
  const credentials = async () => session();
  // Without it the SDK would create a signer for every call.
  const signer = new SignatureV4({ service: 'swf', region, credentials, sha256: Sha256 });
  const tuned = { cacheMiddleware: true, signer, sha256: Sha256 };
  return new SWFClient({ ...aws, ...tuned, region, credentials, retryStrategy });
}

/** Waits for the session, with its own timeout. The SDK would wait without one, and would renew the session later. */
export async function openSession(session: Session, deadline: Deadline): Promise<void> {
  const credentials = session();
  if (!(credentials instanceof Promise)) return;
  await abortable(deadline.signal(CALL_TIMEOUT_MS.sts, FINAL_READ_RESERVE_MS), credentials);
}
