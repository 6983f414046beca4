/** One heartbeat by the AWS SDK for JavaScript v3, which knows nothing but its environment. Prints what it made of the answer. */
import { SWF } from '@aws-sdk/client-swf';

const { RELAY, TASK_TOKEN: taskToken } = process.env;
const swf = new SWF(RELAY === undefined ? {} : { endpoint: RELAY });
const said = await swf.recordActivityTaskHeartbeat({ taskToken }).then(
  ({ cancelRequested }) => String(cancelRequested),
  (fault) => `${fault.name}: ${fault.message}`,
);
process.stdout.write(`${said}\n`);
