import { createRawHeartbeat } from '../raw-heartbeat.ts';

const record = createRawHeartbeat(process.env);

/** The minimal heartbeat: signs by hand and sends over `node:https`. It verifies no proof and stores nothing. */
export const handler = async ({ body }: { readonly body: string }) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: await record(body),
});
