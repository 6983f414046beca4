import { createServer } from 'node:http';

import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createForward } from '../../lambda/aws/swf.ts';
import type { Dependencies } from '../../lambda/app.ts';
import { listen } from '../../local/listen.ts';

/** What an AWS API says, word for word. */
export interface Said {
  readonly status: number;
  readonly body: string;
}

export const saysFault = (type: string, message: string, status = 400): Said => ({
  status,
  body: JSON.stringify({ __type: type, message }),
});

/** An API that always says the same, for what the local one can't be brought to say. */
export async function openFakeAws({ status, body }: Said) {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume();
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  });
  const { url, close } = await listen(server, 0);
  return {
    /** What a client of it is made with; it takes any credentials. */
    aws: {
      region: 'eu-west-1',
      endpoint: url,
      requestHandler: createRequestHandler(),
      credentials: { accessKeyId: 'ASIAFAKE', secretAccessKey: 'fake', sessionToken: 'fake' },
    },
    calls: (): number => calls,
    [Symbol.asyncDispose]: close,
  };
}

/** What forwards to it. */
export function forwardTo({ aws }: Awaited<ReturnType<typeof openFakeAws>>): Pick<Dependencies, 'forward'> {
  return { forward: createForward({ sessionOf: () => async () => aws.credentials, aws, clock: Date.now }) };
}
