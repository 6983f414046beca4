import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

import { z } from 'zod';

/** Listens with a queue of the least length, and sleeps, so that it takes nobody out of the queue. */
const LISTENER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** Linux lets one more in than the queue's length says. */
const QUEUE_LENGTH = 2;

/** A port whose queue is full: who connects to it hears nothing at all, as from a host that a firewall hides. */
export async function openDeafPort(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const worker = new Worker(LISTENER, { eval: true });
  const [port] = z.tuple([z.number()]).parse(await once(worker, 'message'));
  const queued: Socket[] = [];
  for (let count = 0; count < QUEUE_LENGTH; count += 1) {
    const socket = connect(port, '127.0.0.1');
    queued.push(socket);
    await once(socket, 'connect');
  }
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of queued) socket.destroy();
      await worker.terminate();
    },
  };
}
