/** A worker as anybody would write it: AWS's SDK, everything from the environment, as many heartbeats as task tokens. */
import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';

const swf = new SWFClient();
const said: object[] = [];
for (const taskToken of process.argv.slice(2)) {
  const { cancelRequested, $metadata } = await swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
  said.push({ cancelRequested, attempts: $metadata.attempts, nowMs: Date.now() });
}
process.stdout.write(JSON.stringify(said));
