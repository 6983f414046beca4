import { once } from 'node:events';
import { createServer } from 'node:http';

import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createForward } from '../../lambda/aws/swf.ts';
import type { Forward } from '../../lambda/tasks/heartbeat-attempt.ts';

export interface FaultySwf {
  /** A relay's way to it. */
  readonly forward: Forward;
  /** What it says to the next heartbeats. */
  readonly say: (message: string) => void;
  readonly close: () => Promise<void>;
}

/** An SWF that knows nothing: every heartbeat gets `UnknownResourceFault`, in the words that it is told to use. */
export async function startFaultySwf(): Promise<FaultySwf> {
  let message = '';
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'com.amazonaws.swf.base.model#UnknownResourceFault', message }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const aws = {
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    requestHandler: createRequestHandler(),
  };
  const session = { accessKeyId: 'ASIALOCAL', secretAccessKey: 'local', sessionToken: 'local' };
  return {
    forward: createForward({ sessionOf: () => async () => session, aws, clock: Date.now }),
    say: (words) => {
      message = words;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
