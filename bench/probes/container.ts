/**
 * Sends heartbeats of several tasks to its own handler, with a clock that can run faster. Reports the resident memory.
 */
import { withCurrentTime } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';
import { STEADY_WORKER } from '../aws/worker.ts';
import { createHeartbeatEvent, PACE, toBody } from '../heartbeats.ts';

const [handlerFile = '', tasksText = ''] = process.argv.slice(2);

const now = Date.now;
let aheadMs = 0;
// Replaced before the function loads, because the function takes its clock then.
Date.now = () => now() + aheadMs;

const handler = await loadHandler(handlerFile);
const createEvents = async (pace: object) =>
  Promise.all(
    Array.from({ length: Number(tasksText) }, async (_, task) =>
      createHeartbeatEvent('bearer', toBody(task, pace), STEADY_WORKER),
    ),
  );
const [plain, paced] = [await createEvents({}), await createEvents(PACE)];

async function run(heartbeats: number, stepMs: number, isPaced: boolean) {
  const events = isPaced ? paced : plain;
  for (let heartbeat = 0; heartbeat < heartbeats; heartbeat += 1) {
    aheadMs += stepMs;
    const event = events[heartbeat % events.length];
    if (event !== undefined) assertRecorded(await handler(withCurrentTime(event), {}));
  }
  return { residentBytes: process.memoryUsage.rss() };
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('heartbeats' in message) || !('stepMs' in message)) return;
  const isPaced = 'isPaced' in message && message.isPaced === true;
  void run(Number(message.heartbeats), Number(message.stepMs), isPaced).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
