import { parentPort } from 'node:worker_threads';

import { type Job, runJob } from './jobs.ts';

parentPort?.once('message', (job: Job) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule is about windows
  parentPort?.postMessage(runJob(job));
});
