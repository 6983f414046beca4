/** A container that starts like the function, and then only sends heartbeats with the tuned client. */
import { RecordActivityTaskHeartbeatCommand } from '@aws-sdk/client-swf';

import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createSwfClient } from '../../lambda/aws/swf-clients.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import { prime } from '../../lambda/prime.ts';
import { readCredentials } from '../credentials.ts';

const environment = parseEnvironment(process.env);
const aws = toAwsClientConfig(environment.region, createRequestHandler());
await prime(environment, aws);

const credentials = readCredentials(process.env);
const client = createSwfClient(aws, environment.region, () => credentials);
const heartbeat = { taskToken: 'A'.repeat(576), details: '42 %' };

export async function handler() {
  const { cancelRequested } = await client.send(new RecordActivityTaskHeartbeatCommand(heartbeat));
  return { statusCode: 200, headers: {}, body: JSON.stringify({ cancelRequested }) };
}
