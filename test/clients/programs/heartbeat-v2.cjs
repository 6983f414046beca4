/** One heartbeat by the AWS SDK for JavaScript v2, which knows nothing but its environment. Prints what it made of the answer. */
const { SWF } = require('aws-sdk');

const { RELAY, TASK_TOKEN: taskToken } = process.env;
new SWF(RELAY === undefined ? {} : { endpoint: RELAY }).recordActivityTaskHeartbeat({ taskToken }, (fault, answer) => {
  process.stdout.write(`${fault === null ? answer.cancelRequested : `${fault.code}: ${fault.message}`}\n`);
});
