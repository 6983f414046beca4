import type { Connection } from '../local/connection.ts';

export interface SentHeartbeat {
  readonly taskToken: string;
  readonly details?: string;
  readonly heartbeatTimeoutSeconds?: number;
}

/** Sends heartbeats in the stack's first domain, as its worker does. All at the same time. */
export async function sendHeartbeats(
  { relayUrl, domain, worker: { keyId, secret } }: Pick<Connection, 'relayUrl' | 'domain' | 'worker'>,
  heartbeats: readonly SentHeartbeat[],
): Promise<void> {
  const headers = { authorization: `Bearer ${keyId}.${secret}` };
  const url = `${relayUrl}/domains/${domain}/heartbeats`;
  const send = async (heartbeat: SentHeartbeat): Promise<unknown> =>
    (await fetch(url, { method: 'POST', headers, body: JSON.stringify(heartbeat) })).text();
  await Promise.all(heartbeats.map(send));
}
