import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';
import type { HttpRequest } from '@smithy/protocol-http';

/** Prints where an AWS SDK without any settings of its own would send a heartbeat, and as whom. It sends nothing. */
const client = new SWFClient({
  requestHandler: {
    handle: async ({ protocol, hostname, port, path, headers }: HttpRequest) => {
      const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
      const { keyId, region } =
        /Credential=(?<keyId>\w+)\/\d+\/(?<region>[\w-]+)\/swf\//.exec(headers['authorization'] ?? '')?.groups ?? {};
      const { secretAccessKey } = await client.config.credentials();
      const hasSessionToken = 'x-amz-security-token' in headers;
      process.stdout.write(JSON.stringify({ url, keyId, region, secret: secretAccessKey, hasSessionToken }));
      process.exit(0);
    },
  },
});
await client.send(new RecordActivityTaskHeartbeatCommand({ taskToken: 'token' }));
