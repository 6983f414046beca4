import { parentPort } from 'node:worker_threads';

import type { ThreadEvent, ThreadOrder } from './events.ts';
import { KeptTask } from './kept-task.ts';

const tasks = new Map<number, KeptTask>();

const tell = (event: ThreadEvent): void => parentPort?.postMessage(event);

parentPort?.on('message', (order: ThreadOrder) => {
  const task = tasks.get(order.id);
  if (order.kind === 'start') tasks.set(order.id, new KeptTask(order, tell));
  else if (order.kind === 'details') task?.setDetails(order.details);
  else if (order.kind === 'end') void task?.end(order.end);
  else {
    task?.leave();
    tasks.delete(order.id);
  }
});
