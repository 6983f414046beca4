/**
 * Sends heartbeats of several tasks to its own handler, with a clock that can run faster. Reports the resident memory.
 */
import { withCurrentTime } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';
import { createHeartbeatEvent, toBody } from '../heartbeats.ts';

const [handlerFile = '', tasksText = ''] = process.argv.slice(2);

const now = Date.now;
let aheadMs = 0;
// Replaced before the function loads, because the function takes its clock then.
Date.now = () => now() + aheadMs;

const handler = await loadHandler(handlerFile);
const events = await Promise.all(
  Array.from({ length: Number(tasksText) }, async (_, task) => createHeartbeatEvent('bearer', toBody(task))),
);

async function run(heartbeats: number, stepMs: number) {
  for (let heartbeat = 0; heartbeat < heartbeats; heartbeat += 1) {
    aheadMs += stepMs;
    const event = events[heartbeat % events.length];
    if (event !== undefined) assertRecorded(await handler(withCurrentTime(event), {}));
  }
  return { residentBytes: process.memoryUsage.rss() };
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('heartbeats' in message) || !('stepMs' in message)) return;
  void run(Number(message.heartbeats), Number(message.stepMs)).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
