import { parentPort, workerData } from 'node:worker_threads';

import { JOB, runJob } from './jobs.ts';

parentPort?.postMessage(runJob(JOB.parse(workerData)));
