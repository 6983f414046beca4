/** A container whose clock can run faster: sends itself heartbeats of several tasks, and tells what memory it holds. */
import { receivedNow } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';
import { anEvent, toBody } from '../heartbeats.ts';

const [handlerFile = '', tasksText = ''] = process.argv.slice(2);

const now = Date.now;
let aheadMs = 0;
// The function takes its clock from here when it is loaded, below.
Date.now = () => now() + aheadMs;

const handler = await loadHandler(handlerFile);
const events = await Promise.all(
  Array.from({ length: Number(tasksText) }, async (_, task) => anEvent('bearer', toBody(task))),
);

async function run(heartbeats: number, stepMs: number) {
  for (let heartbeat = 0; heartbeat < heartbeats; heartbeat += 1) {
    aheadMs += stepMs;
    const event = events[heartbeat % events.length];
    if (event !== undefined) assertRecorded(await handler(receivedNow(event), {}));
  }
  return { residentBytes: process.memoryUsage.rss() };
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('heartbeats' in message) || !('stepMs' in message)) return;
  void run(Number(message.heartbeats), Number(message.stepMs)).then((taken) => process.send?.(taken));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
