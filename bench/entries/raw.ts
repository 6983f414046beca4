import { createRawHeartbeat } from '../raw-heartbeat.ts';

const record = createRawHeartbeat(process.env);

/** The least that a heartbeat takes: signed by hand, over `node:https`; no proof is checked, nothing is remembered. */
export const handler = async ({ body }: { readonly body: string }) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: await record(body),
});
