import { Agent, get } from 'node:https';

import { createRawHeartbeat } from '../raw-heartbeat.ts';

const agent = new Agent({ keepAlive: true });
const opened = Promise.withResolvers<void>();
get(process.env['AWS_ENDPOINT_URL_SWF'] ?? '', { agent }, (response) => {
  response.resume().once('end', opened.resolve);
});
await opened.promise;

const record = createRawHeartbeat(process.env, { agent });

/** Like `raw.ts`, but opens its connection during the start. */
export const handler = async ({ body }: { readonly body: string }) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: await record(body),
});
