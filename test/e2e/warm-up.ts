import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

import type { Connection } from '../../local/connection.ts';
import { until } from './until.ts';

/**
 * Sends heartbeats for no task until one reaches SWF, which does not know the token. The relay of a process of its own
 * keeps its real deadlines, and on a busy machine a container that has just started misses them.
 */
export async function warmUp(connection: Connection): Promise<void> {
  await until('an answer of SWF', async () => ((await sendUnknownToken(connection)) === 400 ? true : undefined));
}

function sendUnknownToken({ relayUrl, caFile, worker, domain }: Connection): Promise<number | undefined> {
  const url = `${relayUrl}/domains/${domain}/heartbeats`;
  const options = { method: 'POST', headers: { authorization: `Bearer ${worker.keyId}.${worker.secret}` } };
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const onResponse = (response: http.IncomingMessage): void => resolve(response.resume().statusCode);
  const request =
    caFile === undefined
      ? http.request(url, options, onResponse)
      : https.request(url, { ...options, ca: readFileSync(caFile) }, onResponse);
  request.on('error', reject).end(JSON.stringify({ taskToken: 'a token of no task' }));
  return promise;
}
