import { defineConfig } from 'vitest/config';

import { CountsReporter } from './test/counts-reporter.ts';

/** Tests that open ports, start processes or wait for SWF's seconds. */
const LOCAL = ['test/local/{gateway,function-host,aws}/**/*.test.ts', 'test/{cli,lambda/aws}/**/*.test.ts'];
const CONTRACT = ['test/swf-contract/**/*.test.ts'];
const STACK = ['test/**/*.stack.test.ts'];
const E2E = ['test/{e2e,strict}/**/*.test.ts'];

/** Needs the AWS CLI; `npm run test:clients`. */
const CLIENTS = ['test/clients/**/*.test.ts'];
/** Takes minutes; `npm run test:long`. */
const LONG = ['test/long/**/*.test.ts'];

const SYNTHESIZED = { globalSetup: ['test/assembly.ts'] };

/** Most of their time is waiting: four share two cores well, and each loads what its files share once. */
const WAITING = { maxWorkers: 4, isolate: false, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    reporters: ['default', new CountsReporter()],
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: 2,
          // Before the others, which have a number of workers of their own.
          sequence: { groupOrder: 0 },
          // They share nothing that could leak from one file to the next, and start in half the time together.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...LOCAL, ...CONTRACT, ...STACK, ...E2E, ...CLIENTS, ...LONG],
        },
      },
      { test: { ...WAITING, name: 'local', include: LOCAL, testTimeout: 30_000 } },
      { test: { ...WAITING, name: 'swf-contract', include: CONTRACT, testTimeout: 30_000 } },
      { test: { ...WAITING, name: 'stack', include: STACK, ...SYNTHESIZED } },
      { test: { ...WAITING, name: 'e2e', include: E2E, ...SYNTHESIZED, testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          ...WAITING,
          name: 'clients',
          include: CLIENTS,
          ...SYNTHESIZED,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: { ...WAITING, name: 'long', include: LONG, ...SYNTHESIZED, testTimeout: 1_800_000, hookTimeout: 60_000 },
      },
    ],
  },
});
