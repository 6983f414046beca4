import { defineConfig } from 'vitest/config';

import { CountsReporter } from './test/counts-reporter.ts';

/** Tests that open ports, start processes or wait for SWF's seconds. */
const LOCAL = ['test/local/{gateway,function-host,aws}/**/*.test.ts', 'test/cli/**/*.test.ts'];
const CONTRACT = ['test/swf-contract/**/*.test.ts'];
const STACK = ['test/**/*.stack.test.ts'];
const E2E = ['test/{e2e,strict}/**/*.test.ts'];

const SYNTHESIZED = { globalSetup: ['test/assembly.ts'] };

export default defineConfig({
  test: {
    reporters: ['default', new CountsReporter()],
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...LOCAL, ...CONTRACT, ...STACK, ...E2E] } },
      { test: { name: 'local', include: LOCAL, testTimeout: 30_000 } },
      { test: { name: 'swf-contract', include: CONTRACT, testTimeout: 30_000 } },
      { test: { name: 'stack', include: STACK, ...SYNTHESIZED } },
      { test: { name: 'e2e', include: E2E, ...SYNTHESIZED, testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
});
