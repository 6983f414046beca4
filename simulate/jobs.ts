import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { type Result, toResult } from './result.ts';
import { runScenario } from './run.ts';
import { scaleDown } from './scale.ts';
import { findScenario } from './scenarios/all.ts';

/** A run of one scenario. */
export interface Job {
  readonly name: string;
  readonly seed: number;
  readonly minutes?: number | undefined;
  readonly scale: number;
}

export function runJob({ name, seed, minutes, scale }: Job): Result {
  const full = findScenario(name);
  const scenario = scaleDown({ ...full, minutes: minutes ?? full.minutes }, scale);
  return toResult(scenario, seed, runScenario(scenario, seed));
}

/** Runs as many jobs at a time as there are cores. @param done is called in the order of the jobs. */
export async function runJobs(jobs: readonly Job[], done: (result: Result) => void): Promise<void> {
  if (jobs.length === 1) return jobs.forEach((job) => done(runJob(job)));
  const lanes: Promise<unknown>[] = Array.from({ length: availableParallelism() }, async () => undefined);
  const results = jobs.map((job, index) => {
    const lane = index % lanes.length;
    const result = Promise.resolve(lanes[lane]).then(async () => runInThread(job));
    lanes[lane] = result;
    return result;
  });
  for (const result of results) done(await result);
}

async function runInThread(job: Job): Promise<Result> {
  const thread = new Worker(new URL('thread.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    thread.once('message', (result: Result) => resolve(result));
    thread.once('error', reject);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule is about windows
    thread.postMessage(job);
  });
}
