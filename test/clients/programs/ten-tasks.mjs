/** Two heartbeats for each of ten tasks at once, by one client. Prints how many seconds the longest call took. */
import { SWF } from '@aws-sdk/client-swf';

const { RELAY: endpoint, TASK_TOKEN: taskToken } = process.env;
const swf = new SWF({ endpoint });

async function send() {
  const began = performance.now();
  await swf.recordActivityTaskHeartbeat({ taskToken }).catch((fault) => {
    if (fault.name !== 'ThrottlingException') throw fault;
  });
  return (performance.now() - began) / 1_000;
}

const work = async () => [await send(), await send()];
const tookSeconds = (await Promise.all(Array.from({ length: 10 }, work))).flat();
process.stdout.write(`${Math.max(...tookSeconds)}\n`);
