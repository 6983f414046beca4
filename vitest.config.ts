import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

import { ContractReporter } from './test/contract-reporter.ts';
import { CountsReporter } from './test/counts-reporter.ts';
import { LongestFirst } from './test/longest-first.ts';

/** Tests that open ports, start processes, wait for SWF's seconds or simulate hours. */
const LOCAL = [
  'test/local/{gateway,function-host,aws,console}/**/*.test.ts',
  'test/{cli,kit,lambda/aws,operator,simulate}/**/*.test.ts',
  'test/worker/*.test.ts',
];
/** Tests of the function that send thousands of heartbeats, ask with thousands of keys, or play thousands of schedules. */
const MANY = [
  'test/lambda/{share,tasks}/rate-limits.test.ts',
  'test/lambda/share/pacing.test.ts',
  'test/lambda/tasks/{batch-matrix,ends/interleavings}.test.ts',
  'test/lambda/promises-paced.test.ts',
  'test/lambda/log/{key-expires-soon,key-used,visible-refusals}.test.ts',
  'test/lambda/workers/{guessing,verify-proof}.test.ts',
  'test/docs/rate-limits-cost.test.ts',
];
const CONTRACT = ['test/swf-contract/**/*.test.ts'];
const STACK = ['test/**/*.stack.test.ts'];
const E2E = ['test/{e2e,strict}/**/*.test.ts'];

/** Needs the AWS CLI; `npm run test:clients`. */
const CLIENTS = ['test/clients/**/*.test.ts'];
/** Takes minutes; `npm run test:long`. */
const LONG = ['test/long/**/*.test.ts'];

const SYNTHESIZED = { globalSetup: ['test/assembly.ts'] };

/** Deadlines in a test's own process do not expire while a busy machine lets it wait. */
const UNHURRIED = { setupFiles: ['test/loop-time.ts'] };

/**
 * For vitest's workers and every process that a test starts: Node keeps what it compiled, so a command of the project
 * starts in half the time.
 */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url));

export default defineConfig({
  test: {
    reporters: ['default', new CountsReporter(), new ContractReporter()],
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/temporary-folder.ts'],
    // Many tests wait for seconds of SWF's, or for a process: while they do, others compute. Each worker loads the SDKs anew, so
    // more of them cost more than they save.
    maxWorkers: 3 * availableParallelism() + 1,
    // Files share nothing that could leak from one to the next, and a worker that is kept loads the SDKs once.
    isolate: false,
    // Names of tests stand in full.
    taskTitleValueFormatTruncate: 0,
    // Tests of one file that run at the same time wait for seconds, too.
    maxConcurrency: 8,
    // Only what hangs meets these: a busy machine runs everything several times as long.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...LOCAL, ...MANY, ...CONTRACT, ...STACK, ...E2E, ...CLIENTS, ...LONG],
        },
      },
      // One project, because each has workers of its own: a worker that loaded the SDKs and the CDK serves all of these.
      {
        extends: true,
        test: {
          name: 'integration',
          include: [...LOCAL, ...MANY, ...STACK, ...E2E],
          ...SYNTHESIZED,
          ...UNHURRIED,
        },
      },
      { extends: true, test: { name: 'swf-contract', include: CONTRACT, ...UNHURRIED } },
      {
        extends: true,
        test: { name: 'clients', include: CLIENTS, ...SYNTHESIZED },
      },
      {
        extends: true,
        test: { name: 'long', include: LONG, ...SYNTHESIZED, testTimeout: 1_800_000 },
      },
    ],
  },
});
