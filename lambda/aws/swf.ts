import { RecordActivityTaskHeartbeatCommand } from '@aws-sdk/client-swf';

import { CALL_TIMEOUT_MS, type Deadline, FINAL_READ_RESERVE_MS } from '../http/deadline.ts';
import { SwfUnavailableError } from '../tasks/errors.ts';
import type { Forward } from '../tasks/heartbeat-attempt.ts';
import type { Heartbeat } from '../tasks/heartbeat.ts';
import { withAbortSignal } from './request-handler.ts';
import { createClients, createSwfClient, type DomainClient, openSession, type SwfOptions } from './swf-clients.ts';
import { toRelayError, toTimeout } from './swf-faults.ts';

export function createForward({ sessionOf, aws, clock }: SwfOptions): Forward {
  const clientOf = createClients(sessionOf, (region, session) => createSwfClient(aws, region, session));
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

/** @throws SwfUnavailableError for an answer without `cancelRequested`, because SWF always sends it. */
async function record({ session, client }: DomainClient, heartbeat: Heartbeat, deadline: Deadline): Promise<boolean> {
  await openSession(session, deadline);
  const command = new RecordActivityTaskHeartbeatCommand({ ...heartbeat });
  const signal = deadline.signal(CALL_TIMEOUT_MS.swf, FINAL_READ_RESERVE_MS);
  try {
    const { cancelRequested } = await withAbortSignal(signal, () => client.send(command));
    if (typeof cancelRequested !== 'boolean') throw new SwfUnavailableError('swf answered without cancelRequested');
    return cancelRequested;
  } catch (error) {
    throw toTimeout(error, signal);
  }
}
