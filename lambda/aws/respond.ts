import {
  RespondActivityTaskCanceledCommand,
  RespondActivityTaskCompletedCommand,
  RespondActivityTaskFailedCommand,
  type SWFClient,
} from '@aws-sdk/client-swf';

import { CALL_TIMEOUT_MS, type Deadline, FINAL_READ_RESERVE_MS } from '../http/deadline.ts';
import { RelayMisconfiguredError } from '../http/errors.ts';
import { SwfUnavailableError } from '../tasks/errors.ts';
import type { Respond } from '../tasks/ends/end-attempt.ts';
import type { End } from '../tasks/ends/end.ts';
import { withAbortSignal } from './request-handler.ts';
import { neverRetry } from './retry.ts';
import { createClients, createSwfClient, openSession, type SwfOptions } from './swf-clients.ts';
import { toRelayError, toTimeout } from './swf-faults.ts';
import type { Session } from './sts.ts';

/**
 * Ends tasks with clients that never retry: the second answer would hide that the first call may have ended the task. The sessions
 * are those of heartbeats.
 */
export function createRespond({ sessionOf, aws, clock }: SwfOptions): Respond {
  const clientOf = createClients(sessionOf, (region, session) => createSwfClient(aws, region, session, neverRetry));
  return async (domain, end, deadline) => {
    const { session, client } = clientOf(domain);
    await openSessionFirst(session, deadline);
    const signal = deadline.signal(CALL_TIMEOUT_MS.swf, FINAL_READ_RESERVE_MS);
    try {
      await withAbortSignal(signal, async () => send(client, end));
      return clock();
    } catch (error) {
      throw toRelayError(toTimeout(error, signal), domain);
    }
  };
}

/** Without a session nothing is sent, so the attempt is known to have failed. */
async function openSessionFirst(session: Session, deadline: Deadline): Promise<void> {
  try {
    await openSession(session, deadline);
  } catch (cause) {
    if (cause instanceof RelayMisconfiguredError) throw cause;
    throw new SwfUnavailableError('no session for the call', { cause, isUnsent: true });
  }
}

async function send(client: SWFClient, { kind, input }: End): Promise<void> {
  switch (kind) {
    case 'complete':
      await client.send(new RespondActivityTaskCompletedCommand({ ...input }));
      return;
    case 'fail':
      await client.send(new RespondActivityTaskFailedCommand({ ...input }));
      return;
    case 'cancel':
      await client.send(new RespondActivityTaskCanceledCommand({ ...input }));
  }
}
